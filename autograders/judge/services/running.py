"""One service in its jail: started, asked, put under load."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any

import numpy as np

from autograders.judge.callbacks import GraderError
from autograders.judge.channel import Stopped, unwrap
from autograders.judge.proxies import Jail, ReferenceFailed, SolutionError, SolutionStopped
from autograders.judge.services import http
from autograders.judge.services.dependencies import Dependencies, methods_of
from autograders.judge.services.http import Answer, Request
from autograders.judge.services.load import Arrivals, Check, Driver, Make, Plan, Sample, Script, read_phases
from autograders.judge.services.loaded import Load
from autograders.judge.services.pool import Pending, Pool
from autograders.wire import encode

if TYPE_CHECKING:
    from autograders.judge.services.fixture import Service

CLOSED = "the service is not running: use it inside `with service.start(...) as running:`"


class Running:
    """A service from `__enter__` to `__exit__`: `get` and its like ask once, `load` puts it under load."""

    def __init__(self, service: Service, side: str, dependencies: Mapping[str, Any], connections: int) -> None:
        self.service, self.side = service, side
        self.given, self.methods = dependencies, methods_of(dependencies)
        self.jail = Jail(service.channel, f"service-{side}", side, pinned=True, hidden=service.hidden)
        self.pool = Pool(service.engine, service.reactor, self.jail.name, connections)
        self.dependencies: Dependencies | None = None
        self.cpu_s = 0.0
        self.asked = False
        self.open = False

    def __enter__(self) -> Running:
        service = self.service
        if self.side in service.running:
            raise GraderError(f"the {self.side}'s service is running already")
        service.running[self.side] = self
        service.faults.expect(self.methods)
        fields = {"jail": self.jail.name, "side": self.side, "pinned": True, "hidden": self.jail.hidden}
        try:
            loaded = service.engine.request("serve", **fields)
            self.open = True
            self.dependencies = Dependencies(service.engine.receive(1)[0], self.methods, service.faults)
            self.dependencies.attach(service.reactor)
            self.jail.settle(unwrap(loaded))
            names = {name: list(methods) for name, methods in self.methods.items()}
            entry = {"entry": service.settings["entry"], "factory": service.settings["factory"]}
            frame = encode({"op": "serve", "dependencies": names, **entry}).to_bytes()
            self.jail.settle(unwrap(service.engine.request("ask", jail=self.jail.name, frame=frame)))
            self.pool.open()
        except BaseException as error:  # noqa: BLE001 - whatever it was, no jail stays behind
            self.close()
            raise self._told(error) from None
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """End the service and all that belongs to it."""
        self.service.running.pop(self.side, None)
        self.pool.close()
        if self.dependencies:
            self.dependencies.close()
        self.service.engine.settle()
        if self.open:
            self.open = False
            self.service.engine.request("close", jail=self.jail.name)

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        """One GET request; its answer."""
        return self.ask(http.Get(path, headers))

    def post(self, path: str, json: Any = None, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Answer:
        """One POST request with a JSON body, or with bytes; its answer."""
        return self.ask(http.Post(path, json, body, headers))

    def ask(self, request: Request, timeout: float = 10.0) -> Answer:
        """One request; its answer. Fails the check where none comes within `timeout` seconds."""
        sample, pending = self._drive(Plan(lambda _: request, 1.0, 1.0, timeout=timeout), once=request)
        if pending.answer is None:
            raise AssertionError(f"{request}: {pending.error or sample.errors[0]}")
        return pending.answer

    def load(
        self,
        requests: Make | Request,
        rate: float,
        seconds: float = 0.0,
        check: Check | None = None,
        *,
        arrivals: Arrivals = "poisson",
        timeout: float = 5.0,
        phases: Sequence[tuple[Any, ...]] = (),
    ) -> Load:
        """An open-loop load of `rate` requests a second; what came of it.

        `requests(i)` makes the i-th request, `check(request, answer)` says whether the answer is right (False or a
        failed assertion: it is not). `phases` are (name, seconds) or (name, seconds, fault), in place of `seconds`.
        """
        stretches = read_phases(phases)
        make = (lambda _: requests) if isinstance(requests, Request) else requests
        whole = sum(phase.seconds for phase in stretches) if stretches else seconds
        plan = Plan(make, rate, whole, check, arrivals, timeout, stretches)
        script = Script.of(plan, self.service.rng)
        return Load(self.service, self, plan, script, self.sample(plan, script))

    def sample(self, plan: Plan, script: Script) -> Sample:
        """Put the service under a load that was drawn before."""
        if self.dependencies:
            self.dependencies.allow(len(script.requests))
        driver = Driver(self.service.reactor, self.pool, self._look, plan)
        return self._guarded(driver, script)

    def idle_cpu(self) -> float:
        """CPU seconds that the service has used since this was last asked."""
        before = self.cpu_s
        self._watched(self.service.engine.request("watch", jails=[self.jail.name]))
        return self.cpu_s - before

    def _drive(self, plan: Plan, once: Request) -> tuple[Sample, Pending]:
        if self.dependencies:
            self.dependencies.allow(1)
        driver = Driver(self.service.reactor, self.pool, self._look, plan)
        sample = self._guarded(driver, Script(np.zeros(1), (once,)))
        return sample, driver.sent[0]

    def _guarded(self, driver: Driver, script: Script) -> Sample:
        if not self.open:
            raise GraderError(CLOSED)
        try:
            return driver.run(script)
        except (SolutionStopped, SolutionError) as error:
            self.close()
            raise self._told(error) from None

    def _look(self) -> None:
        """Have the engine look after the jail: nobody else does while nothing is asked over its wire."""
        if not self.asked:
            self.asked = True
            self.service.engine.ask(self._watched, "watch", jails=[self.jail.name])

    def _watched(self, answer: dict[str, Any]) -> None:
        self.asked = False
        if "stopped" in answer:
            limit, text = answer["stopped"]
            self.jail.settle(Stopped(limit, f"the service was {text}" if text.startswith("stopped") else text))
        self.cpu_s = float(answer["cpu_s"][0])

    def _told(self, error: BaseException) -> BaseException:
        """The error to raise: what goes wrong with the reference is the author's."""
        if self.side == "reference" and isinstance(error, SolutionStopped | SolutionError):
            return ReferenceFailed(f"as a service: {error}")
        if isinstance(error, SolutionError) and error.kind == "NotServed":
            return AssertionError(str(error))
        return error
