"""Settings: which source wins, and what is said of those that cannot be read."""

from pathlib import Path

import pytest

from seatrial.settings import BadSettings, Settings, explain, load


def test_a_flag_wins_over_the_environment_over_the_file_over_the_default(tmp_path: Path) -> None:
    """Each source is used only where the stronger ones are silent."""
    config = tmp_path / "seatrial.toml"
    config.write_text('listen = "127.0.0.1:1"\npartitions = 2\nproject = "file"\n')
    environment = {"SEATRIAL_LISTEN": "127.0.0.1:3", "SEATRIAL_PARTITIONS": "3"}
    settings = load({"listen": "127.0.0.1:4", "project": None}, environment, config)
    assert (settings.port, settings.partitions, settings.project, settings.member) == (4, 3, "file", "")


def test_each_setting_is_explained_with_where_it_came_from(tmp_path: Path) -> None:
    """`seatrial config` names the flag, the variable, the file or the default behind a value."""
    config = tmp_path / "seatrial.toml"
    config.write_text("partitions = 2\n")
    found = {one.name: one for one in explain({"project": "shop"}, {"SEATRIAL_LISTEN": "127.0.0.1:3"}, config)}
    assert found["SEATRIAL_PROJECT"].origin == "flag"
    assert found["SEATRIAL_LISTEN"].origin == "environment"
    assert found["SEATRIAL_PARTITIONS"].origin == f"file {config}"
    assert found["SEATRIAL_DATA"].origin == "default"
    assert found["SEATRIAL_PUBLIC_URL"].value == "http://127.0.0.1:3"


def test_secrets_are_masked() -> None:
    """Neither a token nor a DSN nor a database's password is printed."""
    environment = {
        "SEATRIAL_TOKEN": "hidden-token",
        "SEATRIAL_DSN": "https://hidden-key@host/1",
        "SEATRIAL_STORE": "postgresql+psycopg://user:hidden:p@ss@host/name",
    }
    printed = " ".join(one.value for one in explain({}, environment))
    assert "hidden" not in printed
    assert "postgresql+psycopg://user:***@host/name" in printed


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"SEATRIAL_LISTEN": "8321x"}, "as in 127.0.0.1:8321"),
        ({"SEATRIAL_LISTEN": "127.0.0.1:99999"}, "as in 127.0.0.1:8321"),
        ({"SEATRIAL_LOG": "rabbit://host"}, "kafka://host:port"),
        ({"SEATRIAL_STORE": "mysql://host/name"}, "postgresql+psycopg://"),
        ({"SEATRIAL_PARTITIONS": "zero"}, "SEATRIAL_PARTITIONS (from environment)"),
        ({"SEATRIAL_PARTITIONS": "0"}, "greater than or equal to 1"),
    ],
)
def test_a_bad_setting_is_refused_with_what_to_write(environment: dict[str, str], said: str) -> None:
    """The message names the setting or shows how a good one looks."""
    with pytest.raises(BadSettings) as refused:
        load({}, environment)
    assert said in str(refused.value)


def test_a_file_with_an_unknown_setting_is_refused(tmp_path: Path) -> None:
    """A typing error in a file is not passed over."""
    config = tmp_path / "seatrial.toml"
    config.write_text('lisen = "127.0.0.1:1"\n')
    with pytest.raises(BadSettings, match="lisen"):
        load({}, {}, config)


def test_settings_survive_the_way_to_a_child_process() -> None:
    """What `environment` gives is read back as the same settings."""
    settings = load({"data": Path("/somewhere"), "open_on_loopback": True, "token": "secret"}, {})
    assert load({}, settings.environment()) == settings


def test_the_embedded_default_lies_in_the_data_folder() -> None:
    """Log and store are files of their own."""
    settings = Settings(data=Path("/somewhere"))
    assert settings.log_address == "sqlite:////somewhere/log.db"
    assert settings.store_address == "sqlite:////somewhere/store.db"
    assert settings.embedded


@pytest.mark.parametrize("name", ["listen", "metrics_listen"])
def test_a_bad_address_is_said_of_its_own_setting(name: str) -> None:
    """There are two, and only one is wrong."""
    with pytest.raises(BadSettings, match=f"^SEATRIAL_{name.upper()} is 'here'"):
        load({name: "here"}, {})


def test_the_spool_lies_in_the_data_folder_unless_it_is_named(tmp_path: Path) -> None:
    """As a whole path, which `seatrial config` prints."""
    assert load({"data": tmp_path}, {}).spool_folder == tmp_path / "spool"
    named = {"SEATRIAL_DATA": str(tmp_path), "SEATRIAL_SPOOL": str(tmp_path / "elsewhere"), "SEATRIAL_SPOOL_BYTES": "0"}
    assert load({}, named).spool_folder == tmp_path / "elsewhere"
    found = {one.name: one.value for one in explain({}, named)}
    assert (found["SEATRIAL_SPOOL"], found["SEATRIAL_SPOOL_BYTES"]) == (str(tmp_path / "elsewhere"), "0")
    assert load({}, load({}, named).environment() | {"SEATRIAL_DATA": str(tmp_path)}).spool_bytes == 0
