"""Processes share one server, which survives kills, races and stale files, and ends with its users."""

import json
import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from spekty.stack.addresses import HOST, is_port_free, read_addresses
from spekty.stack.client import Stack
from spekty.stack.keeper import read_state
from spekty.stack.services import PROJECT, StackError, answers
from tests.stack.conftest import kill

HOLD = """
import sys, time
from pathlib import Path
from spekty.stack.client import Stack
stack = Stack(var=Path(sys.argv[1]), throwaway=True, linger=0.5)
stack.wake(*sys.argv[2:])
print(stack.addresses()["redis"].port, flush=True)
sys.stdin.read()
"""


def holder(stack: Stack, *names: str) -> subprocess.Popen[str]:
    """Start a process that uses servers until its standard input closes."""
    return subprocess.Popen(
        [sys.executable, "-c", HOLD, str(stack.var), *names],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def let_go(process: subprocess.Popen[str]) -> None:
    """End a holder politely."""
    process.communicate("", timeout=20)


def until_stopped(stack: Stack, name: str) -> None:
    """Wait for the keeper's end."""
    assert stack.wait_stopped(name, timeout=20) == []


def test_a_second_process_joins_the_same_server(stack: Stack) -> None:
    stack.wake("redis")
    first = read_state(stack.folder, "redis")["server"]
    other = holder(stack, "redis")
    assert other.stdout and int(other.stdout.readline()) == stack.addresses()["redis"].port
    assert read_state(stack.folder, "redis")["server"] == first
    let_go(other)


def test_the_server_outlives_its_first_user_and_ends_with_the_last(stack: Stack) -> None:
    first, second = holder(stack, "redis"), holder(stack, "redis")
    assert first.stdout and first.stdout.readline() and second.stdout and second.stdout.readline()
    let_go(first)
    time.sleep(1.5)
    port = stack.addresses()["redis"].port
    assert answers(port)
    second.kill()
    second.communicate()
    until_stopped(stack, "redis")
    assert not answers(port)


def test_eight_processes_at_once_on_an_empty_folder_share_one_server(stack: Stack) -> None:
    holders = [holder(stack, "postgres", "redis") for _ in range(8)]
    ports = {process.stdout.readline().strip() for process in holders if process.stdout}
    assert len(ports) == 1 and "" not in ports
    assert (stack.folder / "postgres.log").read_text().count("ready to accept connections") == 1
    for process in holders:
        let_go(process)
    assert [process.returncode for process in holders] == [0] * 8


def test_threads_of_one_process_wake_a_server_once(stack: Stack) -> None:
    failures: list[BaseException] = []

    def wake() -> None:
        try:
            stack.wake("redis")
        except StackError as failure:
            failures.append(failure)

    threads = [threading.Thread(target=wake) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures and len(stack._leases) == 1


@pytest.mark.parametrize("name", ["postgres", "redis"])
def test_a_killed_server_is_back_on_the_same_port_for_the_next_user(stack: Stack, name: str) -> None:
    stack.wake(name)
    before = read_state(stack.folder, name)
    kill(before["server"])
    stack.wake(name)
    after = read_state(stack.folder, name)
    assert after["server"] != before["server"] and after["port"] == before["port"]
    assert answers(int(after["port"]))


@pytest.mark.parametrize("name", ["postgres", "redis"])
def test_a_killed_keeper_takes_its_server_along_and_both_come_back(stack: Stack, name: str) -> None:
    stack.wake(name)
    before = read_state(stack.folder, name)
    kill(before["keeper"])
    stack.wake(name)
    after = read_state(stack.folder, name)
    assert after["keeper"] != before["keeper"] and after["server"] != before["server"]
    assert not Path(f"/proc/{int(before['server'])}/exe").exists()


def test_keeper_and_server_killed_together_leave_nothing_that_blocks(stack: Stack) -> None:
    stack.wake("postgres")
    before = read_state(stack.folder, "postgres")
    kill(before["keeper"])
    kill(before["server"])
    stack.wake("postgres")
    assert read_state(stack.folder, "postgres")["ready"]


def test_a_state_file_whose_pid_was_reused_is_not_believed(stack: Stack) -> None:
    """After a reboot the numbers in the files may be those of strangers, here our own."""
    stack.folder.mkdir()
    port = stack.addresses()["postgres"].port
    stale = {"keeper": os.getpid(), "server": os.getpid(), "born": 1.0, "ready": True, "port": port}
    (stack.folder / "postgres.json").write_text(json.dumps(stale))
    stack.wake("postgres")
    assert read_state(stack.folder, "postgres")["keeper"] != os.getpid()


def test_a_postmaster_file_whose_pid_was_reused_does_not_stop_postgresql(tmp_path: Path) -> None:
    kept = Stack(var=tmp_path, linger=0.2)
    kept.wake("postgres")
    lines = (tmp_path / "postgres" / "postmaster.pid").read_text().splitlines()
    kept.release(hurry=True)
    until_stopped(kept, "postgres")
    (tmp_path / "postgres" / "postmaster.pid").write_text("\n".join([str(os.getpid()), *lines[1:]]))
    kept.wake("postgres")
    kept.release()
    assert kept.stop() == []


def test_a_port_taken_while_the_server_was_down_is_replaced(stack: Stack) -> None:
    port = stack.addresses()["redis"].port
    with socket.socket() as thief:
        thief.bind((HOST, port))
        thief.listen()
        assert not is_port_free(port)
        assert stack.addresses()["redis"].port != port


def test_addresses_stay_the_same_and_private(stack: Stack) -> None:
    assert stack.addresses() == stack.addresses() == read_addresses(stack.folder)
    assert (stack.folder / "addresses.json").stat().st_mode & 0o077 == 0


def test_a_server_that_cannot_start_is_one_sentence(stack: Stack) -> None:
    (stack.var / "redis").write_text("a file where the folder should be")
    with pytest.raises(StackError, match="Impossible de démarrer Redis ; son journal est"):
        stack.wake("redis")


def test_throwaway_data_goes_with_the_server(stack: Stack) -> None:
    stack.wake("redis")
    assert (stack.var / "redis").exists()
    stack.release(hurry=True)
    until_stopped(stack, "redis")
    assert not (stack.var / "redis").exists()
