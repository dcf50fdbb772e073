"""What the slow engine makes of late, held and ahead lines was worked out by hand from the design."""

from tests.engine_rows import FAR_S, QUIET, SHORT, TEN, Bad, alerts, at, health, log, of_type, row, spans, summary
from tests.reference.engine import Options, replay

# Late, too late


def test_a_late_line_of_an_open_interval_is_in_its_tables() -> None:
    out = replay([log(100, 105, row(102, b"late"), 125)], SHORT)
    assert spans(out) == [(at(100), 3, 0), (at(120), 1, 0)]
    assert out[0]["hosts"][1]["key"] == "late"
    assert out[0]["health"] == health(3, late=1)


def test_a_line_in_an_open_bucket_is_not_late() -> None:
    # The row of 105 closes the bucket 103; 104 is open.
    assert summary(replay([log(100, 105, 104)], SHORT))["health"] == health(3)
    assert summary(replay([log(100, 105, 103)], SHORT))["health"] == health(3, late=1)


def test_nothing_is_late_before_the_first_close() -> None:
    assert summary(replay([log(100, 99, 101, 98)], Options(lateness_s=5)))["health"] == health(4)


def test_a_late_line_of_a_passed_interval_is_in_the_late_hits_of_the_next_report_and_in_no_table() -> None:
    late = row(104, b"late", 500, 7)
    out = replay([log(100, 112, late, 125)], SHORT)
    assert spans(out) == [(at(100), 1, 0), (at(110), 1, 1), (at(120), 1, 0)]
    second = of_type("report", out)[1]
    assert (second["late_bytes"], second["late_errors"], second["bytes"], second["errors"]) == (7, 1, 0, 0)
    assert [thing["key"] for thing in second["hosts"]] == ["h"]
    # The close of the bucket 119 sees the window from 100: all three, the late one among them.
    assert second["window"] == {"seconds": 20, "hits": 3, "errors": 1, "hits_per_s": 0.15}
    assert {thing["key"] for thing in summary(out)["hosts"]} == {"h", "late"}
    assert summary(out)["health"] == health(4, late=1)


def test_a_report_is_made_for_late_hits_alone() -> None:
    # 132 closes the empty interval from 120; the next one that ends has the late hit of 119 and nothing else.
    out = replay([log(100, 132, 119, 145)], SHORT)
    assert spans(out) == [(at(100), 1, 0), (at(130), 1, 1), (at(140), 1, 0)]
    out = replay([log(100, 131, 119, 133, 155)], Options(**{**vars(SHORT), "lateness_s": 2, "interval_s": 2}))
    # Closed through 128 (interval [128, 130) is open and empty): reported for the late hit.
    assert spans(out) == [(at(100), 1, 0), (at(128), 0, 1), (at(130), 1, 0), (at(132), 1, 0), (at(154), 1, 0)]


def test_a_late_line_of_an_interval_skipped_as_empty_is_late_in_the_next_report() -> None:
    out = replay([log(100, 125, 115, 135)], SHORT)
    assert spans(out) == [(at(100), 1, 0), (at(120), 1, 1), (at(130), 1, 0)]


def test_a_late_line_before_the_first_bucket_is_of_a_passed_interval() -> None:
    out = replay([log(105, 107, 98)], SHORT)
    assert spans(out) == [(at(100), 2, 1)]


def test_a_line_before_the_window_of_the_last_close_is_too_late_for_any_window_and_counts_all_the_same() -> None:
    # 125 closes the bucket 123, whose window is [104, 124).
    out = replay([log(100, 125, 104, 103)], SHORT)
    assert summary(out)["health"] == health(4, late=2, too_late=1)
    assert summary(out)["hits"] == 4
    assert summary(out)["first"] == at(100)
    assert spans(out) == [(at(100), 1, 0), (at(120), 1, 2)]
    assert out[-2]["window"]["hits"] == 1


def test_a_line_too_late_for_the_window_is_in_the_tables_of_its_interval_while_that_is_open() -> None:
    # 225 closes the bucket 223, whose window is [204, 224); the interval from 200 is open until 299 closes.
    options = Options(window_s=20, interval_s=100, alert_threshold=0.2, ddos_threshold=9.0)
    out = replay([log(200, 225, *[201] * 30)], options)
    assert spans(out) == [(at(200), 32, 0)]
    assert out[0]["hosts"] == [{"key": "h", "hits": 32, "bytes": 0, "errors": 0}]
    assert summary(out)["health"] == health(32, late=30, too_late=30)
    assert alerts(out) == []


def test_a_late_line_leaves_the_window_with_its_own_bucket() -> None:
    # Raised by the first close after the late lines, over when the bucket 101 has left.
    out = replay([log(100, 104, *[101] * 6, 125)], TEN)
    assert alerts(out) == [("traffic", "raised", None, at(104)), ("traffic", "recovered", None, at(112))]


def test_what_was_judged_is_not_judged_again() -> None:
    # The late hits would have raised at 101; the next close that sees them is that of 109, when 100 has left.
    options = Options(window_s=2, interval_s=2, alert_threshold=2.0, alert_error_rate=1e9, ddos_threshold=1e9)
    assert alerts(replay([log(100, 103, *[100] * 9, 110)], options)) == []
    assert summary(replay([log(100, 103, *[100] * 9, 110)], options))["health"] == health(12, late=9)


def test_lateness_zero_closes_a_bucket_when_it_ends() -> None:
    options = Options(window_s=20, lateness_s=0)
    out = replay([log(100, 101, 100, 110)], options)
    assert summary(out)["health"] == health(4, late=1)
    assert spans(out) == [(at(100), 3, 0), (at(110), 1, 0)]
    assert out[0]["health"] == health(3, late=1)


def test_a_lateness_of_part_of_a_bucket_delays_its_close() -> None:
    options = Options(window_s=20, bucket_size_s=5, lateness_s=2)
    assert summary(replay([log(100, 106, 104)], options))["health"] == health(3)
    assert summary(replay([log(100, 107, 104)], options))["health"] == health(3, late=1)


# Held and ahead


def test_one_line_of_2099_is_ahead_and_stops_no_clock() -> None:
    out = replay([log(100, 101, FAR_S, *[102] * 9, 112)], QUIET)
    assert summary(out)["health"] == health(13, ahead=1)
    assert spans(out) == [(at(100), 11, 0), (at(110), 1, 0)]
    assert summary(out)["last"] == at(112)


def test_the_end_of_a_file_accepts_what_waits_in_its_order() -> None:
    out = replay([log(100, 101, FAR_S, 5000, *[102] * 8)], QUIET)
    assert summary(out)["health"] == health(12, late=1, too_late=1)
    assert summary(out)["last"] == at(FAR_S)
    # Before the end was looked at, two lines waited.
    assert out[0]["health"] == health(12, held=2)


def test_the_tenth_line_confirms_and_the_eleventh_comes_too_late_for_that() -> None:
    assert summary(replay([log(100, 500, *[101] * 9, 501, 502)], QUIET))["health"] == health(13)
    out = replay([log(100, 500, *[101] * 10, 501, 502)], QUIET)
    assert summary(out)["health"] == health(14, ahead=1)


def test_several_lines_wait_and_one_line_accepts_all_that_it_confirms_in_their_order() -> None:
    # 440 confirms 500 and 300, which is too late by then; 2000 goes on waiting until 2001.
    out = replay([log(100, 101, 2000, 500, 300, 440, 2001)], QUIET)
    assert summary(out)["health"] == health(7, late=2, too_late=1)
    assert summary(out)["hits"] == 7
    # All three were held when 440, by which 500 closed the first report, was looked at.
    assert out[0]["health"] == health(5, held=3)


def test_a_line_that_is_released_releases_no_other() -> None:
    # 500 is not confirmed by 430, which is confirmed by 400; 431 is not looked at before 400.
    out = replay([log(100, 101, 500, 430, 400, *[102] * 10)], QUIET)
    assert summary(out)["health"] == health(15, ahead=1, late=11, too_late=10)


def test_a_line_that_waits_itself_is_one_of_the_ten_and_confirms() -> None:
    assert summary(replay([log(100, 500, 5000, 501, 5001)], QUIET))["health"] == health(5)
    assert summary(replay([log(100, 101, 5000, 500, *[102] * 8, 5001)], QUIET))["health"] == health(
        13, late=1, too_late=1
    )
    out = replay([log(100, 101, 5000, 500, *[102] * 9, 5001)], QUIET)
    assert summary(out)["health"] == health(14, ahead=1)


def test_a_line_that_confirms_is_then_looked_at_in_the_same_way() -> None:
    out = replay([log(100, 200, 300, 400)], QUIET)
    assert spans(out) == [(at(t), 1, 0) for t in (100, 200, 300, 400)]
    assert [report["health"] for report in of_type("report", out)] == [
        health(2, held=1),
        health(3, held=1),
        health(4, held=1),
        health(4),
    ]


def test_two_lines_that_agree_on_2099_are_believed() -> None:
    out = replay([log(100, 101, FAR_S, FAR_S + 1, 102)], QUIET)
    assert summary(out)["health"] == health(5, late=1, too_late=1)
    assert spans(out) == [(at(100), 2, 0), (at(FAR_S), 2, 1)]


def test_the_second_line_agrees_when_it_is_not_earlier_than_max_ahead_before_the_held_one() -> None:
    assert summary(replay([log(100, 101, 5000, 4940, 102)], QUIET))["health"] == health(5, late=2, too_late=1)
    assert summary(replay([log(100, 101, 5000, 4939, *[102] * 10)], QUIET))["health"] == health(14, ahead=2)


def test_a_line_is_held_only_when_it_is_more_than_max_ahead_beyond() -> None:
    assert summary(replay([log(100, 101, 161, 100)], QUIET))["health"] == health(4, late=1)
    assert summary(replay([log(100, 101, 162, *[100] * 10)], QUIET))["health"] == health(13, ahead=1)


def test_the_first_line_of_a_file_is_held_until_the_next_one_agrees() -> None:
    out = replay([log(5000, *[100] * 9, 101)], QUIET)
    assert summary(out)["health"] == health(11, ahead=1)
    assert spans(out) == [(at(100), 10, 0)]


def test_the_end_of_the_file_accepts_the_held_line() -> None:
    out = replay([log(100, 101, FAR_S)], QUIET)
    assert summary(out)["health"] == health(3)
    assert spans(out) == [(at(100), 2, 0), (at(FAR_S), 1, 0)]
    assert spans(replay([log(7)], QUIET)) == [(at(0), 1, 0)]


def test_a_malformed_line_decides_nothing_about_a_held_one() -> None:
    assert summary(replay([log(100, 101, 5000, Bad(), *[102] * 10)], QUIET))["health"] == health(
        14, ahead=1, malformed=1
    )
    assert summary(replay([log(100, 101, 5000, Bad(), 5001)], QUIET))["health"] == health(5, malformed=1)


def test_a_line_that_is_ahead_does_not_make_the_next_one_believable() -> None:
    # 5000 is not confirmed by 1000, and 1000 not by 102.
    assert summary(replay([log(100, 101, 5000, 1000, *[102] * 10)], QUIET))["health"] == health(14, ahead=2)
