"""Descent and walks."""


def minimise(f, gradient, start, steps):
    """The point that gradient descent reaches from a start."""
    x = start
    for _ in range(steps):
        x = x - 0.25 * gradient(x)
    return x


def walk(environment):
    """The reward of walking right until the end."""
    total, done = 0.0, False
    environment.reset()
    while not done:
        reward, done = environment.step(1)
        total += reward
    return total
