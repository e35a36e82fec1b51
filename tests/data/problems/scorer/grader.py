"""Answers, a level under load, and what happens while the store is dead."""

from autograders.judge import Get, check

USERS = 20


class FeatureStore:
    """Weights of users."""

    def __init__(self, rng):
        self.weights = {f"user-{i}": int(weight) for i, weight in enumerate(rng.integers(2, 1_000, size=USERS))}

    def get(self, user):
        """The weight of one user; LookupError for a stranger."""
        return self.weights[user]


def asking(rng):
    """Requests in an order of their own."""
    drawn = rng.integers(0, [USERS, 1_000], size=(100_000, 2)).tolist()
    return lambda i: Get(f"/score?user=user-{drawn[i][0]}&x={drawn[i][1]}")


def checking(store):
    """Whether an answer is the one to that request."""

    def right(request, answer):
        query = dict(part.split("=") for part in request.path.partition("?")[2].split("&"))
        assert answer.status == 200, f"status {answer.status}"
        expected = {"user": query["user"], "score": store.weights[query["user"]] * int(query["x"])}
        assert answer.json() == expected, "another score, or another user's"

    return right


@check(points=1)
def test_answers(service, rng):
    """GET /score answers with the user's weight times x."""
    store = FeatureStore(rng)
    with service.start({"features": store}) as running:
        answer = running.get("/score?user=user-3&x=7")
        checking(store)(Get("/score?user=user-3&x=7"), answer)
        assert running.get("/score?user=user-3").status == 422


@check(points=1, depends_on=["test_answers"])
def test_holds_its_level(service, rng):
    """Holds 100 requests a second."""
    store = FeatureStore(rng)
    service.meets_slo(asking(rng), checking(store), {"features": store})


@check(points=1, depends_on=["test_answers"])
def test_survives_its_store(service, faults, rng):
    """Answers from what it knows while the store is dead, and recovers."""
    store = FeatureStore(rng)
    with service.start({"features": store}) as running:
        for user in store.weights:
            assert running.get(f"/score?user={user}&x=1").status == 200
        phases = [("healthy", 1.0), ("dead", 1.0, faults.dead("features")), ("back", 1.0)]
        load = running.load(asking(rng), rate=60, check=checking(store), phases=phases)
        load.phase("dead").meets(errors=0)
        load.phase("back").recovers_within(0.5)
