"""``dppgraph verify``."""

import json
import sys

import click

from dppgraph.cli import options


@click.command("verify")
@click.argument("url")
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option(
    "--timeout",
    type=click.FloatRange(min=1),
    default=3600,
    show_default=True,
    metavar="SECONDS",
    help="How long all of it may take.",
)
def command(url: str, format_: str, timeout: float) -> None:
    """Check a running server at URL against what it says of its version.

    All dumps are downloaded and compared with their checksums; the digest is made anew from one of them, and what it
    holds is compared with the manifest, with what queries count, and with the statistics; each member of the feed's
    newest page has to be what its name says; and all have to name the same version. No token is sent, and nothing but
    this server is asked. The exit status is 1 if anything is wrong, and 2 if no such server answers.
    """
    from dppgraph.operations.verify import verify
    from dppgraph.web.verify import HttpServer

    server = HttpServer(url, timeout)
    try:
        findings = verify(server, options.progress)
    finally:
        server.close()
    is_right = all(finding.is_right for finding in findings)
    if format_ == "json":
        checks = [{"check": one.check, "ok": one.is_right, "found": one.said} for one in findings]
        options.show(json.dumps({"url": server.url, "ok": is_right, "checks": checks}, ensure_ascii=False, indent=1))
        options.show("\n")
    else:
        for one in findings:
            # What a server says may be anything, and a terminal would do what it says.
            said = "".join(character if character.isprintable() else " " for character in one.said)
            click.echo(f"{'ok   ' if one.is_right else 'wrong'}  {one.check:<10}  {said}")
    sys.exit(0 if is_right else 1)
