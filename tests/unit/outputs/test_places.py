"""Places that share the beginning of their pattern: each writing of each is found, and none hides another."""

import pytest

from proposer.outputs.redact import Redactor

SECRET = "Tr0ub4dor" + "&3x"


@pytest.mark.parametrize(
    "before",
    [
        "curl -u app:", "curl --user app:", "curl --user=app:", "curl --proxy-user app:", "curl -s -u app:",
        "sshpass -p ", "sshpass -p", "sshpass -p=", "redis-cli -a ", "ldapsearch -w ", "ldapsearch -a -w ",
        "ldapsearch -w -w ",
    ],
)  # fmt: skip
def test_a_password_of_a_command_line_is_masked(before: str) -> None:
    assert SECRET not in Redactor().text(f"{before}{SECRET} host")


@pytest.mark.parametrize("line", ["zip -another-name x", "ldapsearch -within5", "ls -p Tr0ub4dor", "grep -u app:Tr0ub"])
def test_other_options_are_no_passwords(line: str) -> None:
    assert Redactor().text(line) == line


@pytest.mark.parametrize("writing", ["auth(", "auth=(", "auth = (", "auth =(", "Auth(", "BasicAuth("])
def test_a_pair_of_name_and_password_is_masked(writing: str) -> None:
    assert SECRET not in Redactor().text(f'get(url, {writing}"app", "{SECRET}"))')


def test_places_with_the_same_beginning_are_all_found() -> None:
    text = f"Authorization: Basic YXBwOlRy{'MHViNGRv'}ciYzeA== and auth=('app', '{SECRET}') at https://u:{SECRET}@h/"
    found = Redactor().text(text)
    assert SECRET not in found
    assert "YXBwOlRy" not in found
    assert found.count("[REDACTED:") == 3
