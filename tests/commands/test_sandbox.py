from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from planhat_tui.errors import InputError
from planhat_tui.sandbox import DEMO_TENANTS, SandboxOptions

if TYPE_CHECKING:
    from tests.commands.conftest import Desk


def test_without_a_word_it_runs_as_the_contract_says(bare: Desk) -> None:
    assert bare.do("sandbox").exit_status == 0
    hard = SandboxOptions(per_second=150, parallel=50)
    assert bare.served == [(hard, "127.0.0.1", 8787)]
    options = bare.served[0][0]
    assert (options.token, options.tenant) == (
        "sandbox-token",
        "00000000-0000-4000-8000-000000000001",
    )
    assert (options.seed, options.limit, options.window) == (1, 200, (60.0, 120.0))


def test_everything_can_be_said(bare: Desk) -> None:
    words = "--host ::1 --port 0 --db x.db --empty --companies 5 --seed 7 --dialect seed"
    words += " --limit 3 --window 0.5 --per-second 9 --parallel 0 --token t --tenant u"
    words += " --fault 429=5% --fault latency=1s"
    bare.do("sandbox", *words.split())
    assert bare.served == [
        (
            SandboxOptions(
                db=Path("x.db").absolute(),
                empty=True,
                companies=5,
                seed=7,
                dialect="seed",
                limit=3,
                window=(0.5, 0.5),
                per_second=9,
                token="t",
                tenant="u",
                faults=("429=5%", "latency=1s"),
            ),
            "::1",
            0,
        )
    ]


@pytest.mark.parametrize(
    ("flag", "value"),
    [
        ("--port", "65536"),
        ("--port", "http"),
        ("--companies", "-1"),
        ("--companies", "many"),
        ("--seed", "1.5"),
        ("--limit", "0"),
        ("--window", "0"),
        ("--window", "120-60"),
        ("--window", "soon"),
    ],
)
def test_what_is_no_number_is_told_with_its_option(bare: Desk, flag: str, value: str) -> None:
    with pytest.raises(InputError, match=f"^{flag} {value} is no "):
        bare.shell("sandbox", flag, value)
    assert bare.served == []


@pytest.mark.parametrize("fault", ["429", "418=5%", "429=200%", "latency=soon"])
def test_what_is_no_fault_says_what_would_be_one(bare: Desk, fault: str) -> None:
    with pytest.raises(InputError, match=f"^--fault {fault}") as refused:
        bare.shell("sandbox", "--fault", fault)
    assert "latency=200ms" in refused.value.advice
    assert bare.served == []


@pytest.mark.parametrize("flag", ["--token", "--tenant"])
@pytest.mark.parametrize("value", ["", "a/b", "a b", "å"])
def test_what_lets_anybody_in_or_nobody_is_refused(bare: Desk, flag: str, value: str) -> None:
    with pytest.raises(InputError, match=f"{flag} needs letters"):
        bare.do("sandbox", f"{flag}={value}")
    assert not bare.served


@pytest.mark.parametrize(
    ("flag", "value"),
    [("--token", DEMO_TENANTS[1].token), ("--tenant", DEMO_TENANTS[1].tenant_id)],
)
def test_the_second_tenant_keeps_its_own(bare: Desk, flag: str, value: str) -> None:
    with pytest.raises(InputError, match="is the second tenant's"):
        bare.do("sandbox", flag, value)
    assert bare.served == []
