"""Samples of the measurements in ``benchmarks/``: what they hold true is held here, but for times."""

import pytest

from tests.measurements import measure

pytestmark = [pytest.mark.heavy, pytest.mark.timeout(240)]


@pytest.mark.parametrize(
    "measurement",
    [
        "hostile --rounds 120 --seed 7",
        "runaways",
        "readers --turns 1",
        "handover --versions 5",
        "fuzz --requests 1200",
        "guard --texts 20000",
        "kills --kills 8",
        "writers --writers 4 --writes 12",
        "versions --versions 30 --sample 15 --seconds 3 --processes 2",
    ],
    ids=lambda said: said.split()[0],
)
def test_what_a_measurement_holds_true_is_true(measurement: str) -> None:
    name, *arguments = measurement.split()
    measure(name, "--untimed", *arguments, timeout=230)
