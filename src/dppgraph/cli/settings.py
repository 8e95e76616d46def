"""``dppgraph settings``."""

import os

import click

from dppgraph.settings import SETTINGS, read_settings, unknown_variables


@click.command("settings")
def command() -> None:
    """List every setting: its variable, its value here, its default, what it means."""
    values = read_settings()
    for setting in SETTINGS:
        value = getattr(values, setting.field)
        shown = f"{value:g}" if isinstance(value, float) else str(value)
        if isinstance(value, tuple):
            shown = ", ".join(map(str, value))
        if setting.secret and value:
            shown = "(set, and not shown)"
        default = "" if shown == setting.default else f" (default {setting.default})"
        click.echo(f"{setting.variable}={shown}{default}{os.linesep}    {setting.help}")
    for line in unknown_variables():
        click.echo(f"dppgraph: {line}", err=True)
