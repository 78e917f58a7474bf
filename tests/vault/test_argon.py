"""Many people at the door at once: some work, twenty wait, the rest are told to come back."""

import threading

import pytest

from vault.argon import Busy, Gate, cores, gate, stretch_in_turn
from vault.crypto.phrase import ArgonCost, make_salt, stretch


class Crowd:
    """People who have entered a gate and stay until they are let go."""

    def __init__(self, gate):
        self.gate, self.inside, self.turned_away = gate, 0, 0
        self.most, self.let_go = 0, threading.Event()
        self._count, self._threads = threading.Lock(), []

    def arrive(self, number):
        for _ in range(number):
            thread = threading.Thread(target=self._enter)
            self._threads.append(thread)
            thread.start()

    def _enter(self):
        try:
            with self.gate.turn():
                with self._count:
                    self.inside += 1
                    self.most = max(self.most, self.inside)
                self.let_go.wait(10)
                with self._count:
                    self.inside -= 1
        except Busy:
            with self._count:
                self.turned_away += 1

    def until(self, condition):
        """Wait for the crowd to settle; the clock only bounds a failure."""
        for _ in range(1000):
            if condition():
                return
            threading.Event().wait(0.01)
        raise AssertionError("the crowd did not settle")

    def leave(self):
        self.let_go.set()
        for thread in self._threads:
            thread.join(10)


def test_two_work_three_wait_and_the_sixth_is_told():
    crowd = Crowd(Gate(2, queue=3))
    crowd.arrive(2)
    crowd.until(lambda: crowd.inside == 2)
    crowd.arrive(3)
    crowd.until(lambda: crowd.gate.waiting == 3)
    with pytest.raises(Busy), crowd.gate.turn():
        pass
    crowd.leave()
    assert crowd.most == 2
    assert crowd.turned_away == 0
    with crowd.gate.turn():
        pass


def test_thirty_two_at_once_never_exceed_the_cores():
    crowd = Crowd(Gate(2, queue=20))
    crowd.arrive(32)
    crowd.until(lambda: crowd.turned_away == 10 and crowd.gate.waiting == 20)
    crowd.leave()
    assert crowd.most == 2
    assert crowd.gate.waiting == 0


def test_a_failure_inside_gives_the_place_back():
    gate = Gate(1, queue=0)
    with pytest.raises(ZeroDivisionError), gate.turn():
        raise ZeroDivisionError
    with gate.turn():
        pass


def test_the_gate_of_the_portal_has_a_place_per_core():
    assert cores() >= 1
    assert gate._free._value == cores()


def test_in_turn_the_result_is_the_same():
    salt, cost = make_salt(), ArgonCost(memory_kib=64, passes=1)
    assert stretch_in_turn("phrase", salt, cost) == stretch("phrase", salt, cost)
