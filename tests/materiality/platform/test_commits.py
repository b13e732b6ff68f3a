"""How writers queue for SQLite; together they are tested on real databases (tests/services/test_commits.py)."""

from threading import Event, Thread

from materiality.platform.commits import in_turn


def test_writers_come_one_after_the_other_and_no_later_than_their_patience(tmp_path):
    seen, first_is_in, first_may_go = [], Event(), Event()

    def first() -> None:
        with in_turn(tmp_path / "turn"):
            first_is_in.set()
            first_may_go.wait(10)
            seen.append("first")

    def next_in(name: str, patience: float) -> None:
        with in_turn(tmp_path / "turn", patience):
            seen.append(name)
            if name == "impatient":
                last.start()
                last.join(10)  # the turn is free already

    last = Thread(target=next_in, args=("last", 10.0))
    writers = [Thread(target=first), Thread(target=next_in, args=("impatient", 0.0))]
    writers[0].start()
    assert first_is_in.wait(10)
    writers[1].start()
    first_may_go.set()
    for writer in (*writers, last):
        writer.join(20)
    assert seen == ["first", "impatient", "last"]


def test_writer_goes_on_where_there_is_no_file_to_queue_at(tmp_path):
    with in_turn(tmp_path / "nothing" / "turn"):
        pass
