"""The real program replays files, and says by its exit code and one clear line what became of them."""

import bz2
import gzip
import json
import lzma
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.program import DEADLINE_S, Program, command, environment, lines_at, run, shown_hits

START_S = 1_700_000_000
NDJSON = ("--replay", "--output", "ndjson")
HOSTILE = (
    b'\x1b[2J\x1b]0;owned\x07 - \xe2\x80\xae [14/Nov/2023:22:13:20 +0000] "GET /\x1b[31m\xff\x00\x9b\xc2\x9b HTTP/1.1"'
    b' 500 1 "\xe2\x80\x8b" "\xef\xbb\xbf\x85\xe2\x80\xa8\x7f"\n'
    b"\x1b[1mno access log\x00\xff\r\n"
)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Return a log of 100 lines over 100 seconds."""
    path = tmp_path / "access.log"
    path.write_bytes(lines_at(range(START_S, START_S + 100)))
    return path


@pytest.fixture(scope="module")
def long_log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a log whose reports are more than a pipe takes."""
    path = tmp_path_factory.mktemp("logs") / "access.log"
    path.write_bytes(lines_at(range(START_S, START_S + 40_000)))
    return path


def test_a_log_is_replayed_to_its_summary(log: Path) -> None:
    outcome = run(*NDJSON, "--file", log)

    *reports, summary = outcome.objects
    assert (outcome.code, outcome.err) == (0, b"")
    assert [report["hits"] for report in reports] == [10] * 10
    assert (summary["first"], summary["last"]) == ("2023-11-14T22:13:20Z", "2023-11-14T22:14:59Z")


def test_a_log_without_alerts_tells_in_its_summary_what_failed_and_what_was_slow(tmp_path: Path) -> None:
    path = tmp_path / "access.log"
    line = (
        b'192.0.2.%d - - [14/Nov/2023:22:%02d:20 +0000] "%b %b HTTP/1.1" %d 1 "-" "curl/8.1.2" rt=%.3f uct="-" uht="-"'
        b' urt="-"\n'
    )
    rows = [(number % 3 + 1, number, b"GET", b"/", 200, 0.012) for number in range(40)]
    rows[20:20] = [(9, 20, b"POST", b"/checkout", 503, 4.0), (9, 20, b"POST", b"/checkout", 503, 4.0)]
    path.write_bytes(b"".join(line % row for row in rows))
    outcome = run("--replay", "--file", path)

    assert outcome.code == 0
    assert "alert" not in outcome.out.decode().replace("No alert was raised.", "")
    shown = [" ".join(text.split()) for text in outcome.out.decode().splitlines()]
    at = shown.index("Errors hits first most from")
    assert shown[at + 1] == "503 POST /checkout 2 22:20:20 192.0.2.9"
    at = shown.index("Slow hits time spent p95")
    assert shown[at + 1 : at + 3] == ["/checkout 2 8.0 s 4.0 s", "/ 40 480 ms 12 ms"]
    assert "Methods GET ×40 POST ×2" in shown


@pytest.mark.parametrize("content", [b"", b"\n", b" \t\r\n\x0b\n\n"], ids=["empty", "newline", "blank"])
def test_a_file_without_lines_is_no_error(log: Path, content: bytes) -> None:
    log.write_bytes(content)
    outcome = run(*NDJSON, "--file", log)

    assert (outcome.code, outcome.err) == (0, b"")
    (summary,) = outcome.objects
    assert (summary["hits"], summary["health"]["lines"], summary["first"]) == (0, 0, None)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--interval", "1.5"],
        ["--interval", "0"],
        ["--window", "-5s"],
        ["--window", "15", "--bucket-size", "10"],
        ["--lateness", "soon"],
        ["--duration", "5", "--replay"],
        ["--time", "arrival", "--replay"],
        ["--alert-threshold", "nan"],
        ["--top", "1e3"],
        ["--output", "xml"],
        ["--file"],
        ["--file", ""],
        ["--file", "-", "--file", "-"],
        ["--format", "clf"],
        ["--format", "%h %"],
        ["--format", "%h %u"],
        ["--give-me-traffic", "--replay"],
        ["--nonsense"],
        ["--interv", "5"],
        ["--\x1b[31m"],
    ],
    ids=" ".join,
)
def test_a_wrong_option_is_one_line_and_exit_2(arguments: list[str]) -> None:
    outcome = run(*arguments)

    assert (outcome.code, outcome.out) == (2, b"")
    assert outcome.err.startswith(b"http_monitor: ") and outcome.err.count(b"\n") == 1
    assert outcome.err.endswith(b"\n") and b"\x1b" not in outcome.err
    if arguments[0] in ("--interval", "--window", "--format", "--duration", "--time"):
        assert f"{arguments[0]}: got ".encode() in outcome.err


def test_an_input_that_cannot_be_read_is_exit_3_before_any_is(log: Path, tmp_path: Path) -> None:
    loop = tmp_path / "loop.log"
    loop.symlink_to(loop)
    bad = [tmp_path / "missing.log", tmp_path, loop, Path("/dev/null")]
    outcome = run(*NDJSON, "--file", log, *(part for path in bad for part in ("--file", path)))

    assert (outcome.code, outcome.out) == (3, b"")
    assert outcome.err.decode().removeprefix("http_monitor: ").splitlines() == [
        f"{bad[0]} is missing",
        f"{bad[1]} is a directory",
        f"{loop} is a loop of symbolic links",
        "/dev/null is not a regular file",
    ]


def test_a_glob_without_a_match_is_exit_3(tmp_path: Path) -> None:
    outcome = run("--replay", "--file", tmp_path / "*.log")

    assert (outcome.code, outcome.out) == (3, b"")
    assert outcome.err.decode() == f"http_monitor: {tmp_path}/*.log matches no file\n"


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("output", ["text", "ndjson", "lines"])
def test_an_output_that_is_refused_is_exit_3(log: Path, output: str, unbuffered: str) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            command("--replay", "--output", output, "--file", log),
            stdout=full,
            stderr=subprocess.PIPE,
            env=environment({"PYTHONUNBUFFERED": unbuffered}),
            timeout=DEADLINE_S,
        )

    assert done.returncode == 3
    assert done.stderr.splitlines()[-1] == b"http_monitor: standard output: No space left on device"


def test_an_output_that_was_closed_is_exit_3(log: Path) -> None:
    line = " ".join(f"'{part}'" for part in command("--replay", "--file", log))
    done = subprocess.run(["sh", "-c", f"{line} >&-"], stderr=subprocess.PIPE, env=environment(), timeout=DEADLINE_S)

    assert (done.returncode, done.stderr) == (3, b"http_monitor: standard output: closed\n")


def test_a_closed_stderr_hinders_nothing(log: Path) -> None:
    line = " ".join(f"'{part}'" for part in command("--replay", "--file", log))
    done = subprocess.run(["sh", "-c", f"{line} 2>&-"], stdout=subprocess.PIPE, env=environment(), timeout=DEADLINE_S)

    assert done.returncode == 0
    assert b"100 lines read, 100 counted." in done.stdout


def test_a_stderr_that_takes_nothing_hinders_nothing(log: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            command("--replay", "--file", log),
            stdout=subprocess.PIPE,
            stderr=full,
            env=environment(),
            timeout=DEADLINE_S,
        )

    assert done.returncode == 0
    assert b"100 lines read, 100 counted." in done.stdout


def test_a_file_under_several_names_is_read_once_and_that_is_said(log: Path) -> None:
    link, other = log.with_name("link.log"), log.with_name("other.log")
    link.symlink_to(log)
    other.hardlink_to(log)
    outcome = run(*NDJSON, "--file", log, "--file", link, "--file", f"{log.parent}/oth*.log")

    assert outcome.objects[-1]["hits"] == 100
    assert outcome.err.decode().splitlines() == [
        f"http_monitor: {name} is the same file as {log}, and is read once" for name in (link, other)
    ]


@pytest.mark.parametrize(
    ("head", "name", "tool"),
    [
        (bz2.compress(b"x"), "bzip2", "bzcat"),
        (lzma.compress(b"x"), "xz", "xzcat"),
        (bytes.fromhex("28b52ffd04009100"), "zstd", "zstdcat"),
        (bytes.fromhex("04224d1860407300"), "lz4", "lz4cat"),
        (bytes.fromhex("1f9d9078"), "compress", "zcat"),
    ],
)
def test_what_compressed_a_file_that_is_not_read_is_said_before_any_is(
    log: Path, head: bytes, name: str, tool: str
) -> None:
    packed = log.with_name("access.log.1")
    packed.write_bytes(head)
    outcome = run(*NDJSON, "--file", f"{log}*")

    assert (outcome.code, outcome.out) == (3, b"")
    assert outcome.err.decode() == (
        f"http_monitor: {packed} is compressed by {name}, takes gzip or none ({tool} FILE | … --file -)\n"
    )


def test_what_could_be_read_of_a_broken_archive_is_reported_before_exit_3(log: Path) -> None:
    broken = log.with_name("broken.gz")
    whole = gzip.compress(log.read_bytes(), 0, mtime=0)
    broken.write_bytes(whole[: len(whole) // 2])
    outcome = run(*NDJSON, "--file", broken)

    *reports, summary = outcome.objects
    assert (outcome.code, 0 < summary["hits"] < 100) == (3, True)
    assert shown_hits(reports) == summary["hits"]
    assert outcome.err.decode() == f"http_monitor: {broken} is a broken gzip archive (ends in the middle)\n"


def test_a_file_in_which_nothing_fits_is_exit_4_with_its_first_line_made_harmless(log: Path) -> None:
    log.write_bytes(b"\n" + b"\x1b[31mnot an access log \xff\x00\n" * 2_000 + lines_at([START_S]))
    outcome = run(*NDJSON, "--file", log)

    said = outcome.err.decode("ascii")
    assert (outcome.code, outcome.out) == (4, b"")
    assert said.startswith(f"http_monitor: {log}: none of its first 1,000 lines fits any format with a name; line 1, ")
    assert r": \x1b[31mnot an access log \xff\x00 (is this an access log?" in said
    assert "column" in said and said.count("\n") == 1


def test_a_line_that_fits_among_the_first_thousand_is_enough(log: Path) -> None:
    log.write_bytes(b"not an access log\n" * 999 + lines_at([START_S]) + b"neither\n" * 5_000)
    outcome = run(*NDJSON, "--file", log)

    assert outcome.code == 0
    assert outcome.err.startswith(b"http_monitor: More than 1 % of the lines fit no format")
    assert [value["name"] for value in outcome.objects if value["type"] == "notice"] == ["malformed"]
    assert outcome.objects[-1]["health"]["malformed"] == 5_999


def test_however_the_bytes_come_the_output_is_the_same(log: Path) -> None:
    archive = log.with_name("packed.gz")
    archive.write_bytes(gzip.compress(log.read_bytes()))
    plain = run(*NDJSON, "--file", log)

    assert run(*NDJSON, "--file", log) == plain
    assert run(*NDJSON, "--file", archive) == plain
    assert run(*NDJSON, "--file", "-", stdin=log.read_bytes()) == plain
    assert run(*NDJSON, "--file", "-", stdin=archive.read_bytes()) == plain
    with log.open("rb") as file:
        assert run(*NDJSON, "--file", "-", stdin=file) == plain


def test_several_files_are_replayed_as_the_one_they_make(tmp_path: Path) -> None:
    lines = [lines_at([second], host=b"192.0.2.%d" % (second % 7)) for second in range(START_S, START_S + 300)]
    merged = tmp_path / "merged"
    merged.write_bytes(b"".join(lines))
    parts = [tmp_path / f"{name}.log" for name in "abc"]
    for number, path in enumerate(parts):
        path.write_bytes(b"".join(lines[number::3]))
    one = run(*NDJSON, "--file", merged)

    assert run(*NDJSON, "--file", tmp_path / "*.log") == one
    assert run(*NDJSON, "--file", parts[2], "--file", parts[0], "--file", parts[1]) == one
    assert one.objects[-1]["hits"] == 300


def test_an_interrupted_replay_tells_what_it_read_by_then() -> None:
    with Program(*NDJSON, "--file", "-") as program:
        program.write(lines_at(range(START_S, START_S + 1_000)))
        program.until_hits(900)
        outcome = program.stop()

    *reports, summary = outcome.objects
    assert (outcome.code, outcome.err) == (0, b"")
    assert reports[-1]["partial"] is True
    assert shown_hits(reports) + summary["health"]["held"] == summary["health"]["lines"]
    assert shown_hits(reports) == summary["hits"] >= 900


def test_a_second_interrupt_does_not_wait_for_who_does_not_read(long_log: Path) -> None:
    with subprocess.Popen(
        command(*NDJSON, "--file", long_log), stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment()
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.readline()
        ended = False
        while not ended:
            # Two interrupts at once may arrive as one.
            process.send_signal(signal.SIGINT)
            try:
                ended = process.wait(0.2) is not None
            except subprocess.TimeoutExpired:
                ended = False
        assert process.returncode == -signal.SIGINT
        assert process.stderr.read() == b""


@pytest.mark.parametrize("output", ["text", "ndjson"])
def test_a_closed_pipe_ends_it_quietly(long_log: Path, output: str) -> None:
    with subprocess.Popen(
        command("--replay", "--output", output, "--file", long_log),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        said = process.stderr.read()
        assert process.wait(DEADLINE_S) == 0
    assert [line for line in said.splitlines() if not line.startswith((b"Replaying", b"Format"))] == (
        [] if output == "ndjson" else said.splitlines()[1:3]
    )


@pytest.mark.parametrize(
    ("arguments", "env", "coloured"),
    [
        ([], {}, False),
        (["--color", "always"], {}, True),
        (["--color", "always"], {"NO_COLOR": "1"}, True),
        (["--color", "never"], {}, False),
    ],
    ids=["piped", "always", "always beats NO_COLOR", "never"],
)
def test_piped_output_is_usual_unless_asked_for(
    log: Path, arguments: Sequence[str], env: dict[str, str], coloured: bool
) -> None:
    outcome = run("--replay", "--file", log, *arguments, env=env)

    assert (outcome.code, b"\x1b" in outcome.out, b"\x1b" in outcome.err) == (0, coloured, False)


@pytest.mark.parametrize("output", ["text", "ndjson"])
def test_nothing_of_a_hostile_log_reaches_the_terminal_raw(log: Path, output: str) -> None:
    log.write_bytes(HOSTILE)
    outcome = run("--replay", "--output", output, "--file", log, "--alert-min-hits", "1", "--ddos-threshold", "0.001")

    text = outcome.out.decode("utf-8") + outcome.err.decode("utf-8")
    assert outcome.code == 0
    assert [char for char in text if char != "\n" and (char < " " or "\x7f" <= char <= "\x9f")] == []
    assert not set(text) & set("\u202e\u200b\ufeff\u2028")
    assert r"/\x1b[31m\xff\x00\x9b\x9b" in text.replace("\\\\", "\\")
    if output == "ndjson":
        raised = [message for message in outcome.objects if message["type"] == "alert"]
        assert [(alert["name"], alert["subject"]) for alert in raised] == [
            ("error-rate", None),
            ("ddos", r"\x1b[2J\x1b]0;owned\x07"),
        ]
        assert all(
            line == json.dumps(json.loads(line), ensure_ascii=False, separators=(",", ":"))
            for line in outcome.out.decode().splitlines()
        )


@pytest.mark.parametrize(
    "env", [{"PYTHONIOENCODING": "ascii"}, {"PYTHONIOENCODING": "latin-1"}], ids=["ascii", "latin-1"]
)
def test_a_stream_that_lacks_the_block_characters_gets_others(log: Path, env: dict[str, str]) -> None:
    log.write_bytes(lines_at([START_S], path="/café/ü€".encode()))
    outcome = run("--replay", "--interval", "10s", "--file", log, env=env)

    assert outcome.code == 0
    assert (b"-- 2023-11-14 22:13:20 - 22:13:30 +0000 ---" in outcome.out) and (b"#####" in outcome.out)
    assert outcome.err.startswith(b"Replaying")


def test_the_plainest_locale_is_enough(log: Path) -> None:
    outcome = run(
        "--replay",
        "--file",
        log,
        env={"LANG": "C", "LC_ALL": "C", "PYTHONIOENCODING": "", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    )

    assert outcome.code == 0
    assert outcome.out.isascii() and b"100 lines read, 100 counted." in outcome.out


def test_the_help_and_the_version_are_answers_not_errors() -> None:
    for option in ("-h", "--help", "--version"):
        outcome = run(option)
        assert (outcome.code, outcome.err, outcome.out != b"") == (0, b"", True)


def test_a_format_of_thousands_of_characters_is_not_quoted_whole(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_bytes(lines_at([1_700_000_000]))
    text = '%h %l %u %t "%r" %>s ' + "x" * 30_000

    shown = run("--replay", "--file", log, "--format", text)
    as_json = run("--replay", "--file", log, "--format", text, "--output", "ndjson")

    words = f"http_monitor: {log}: its first line does not fit the format {text[:199]}…; line 1, column "
    assert (shown.code, as_json.code) == (4, 4)
    assert as_json.err.decode().startswith(words)
    *banner, said = shown.err.decode().splitlines()
    assert said.startswith(words)
    assert len(banner) == 10
