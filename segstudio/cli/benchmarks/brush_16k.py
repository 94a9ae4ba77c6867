"""The largest brush on the largest image."""

from collections.abc import Iterator

from segstudio.cli.benchmarks import brush
from segstudio.cli.benchmarks.figure import Figure, Plan, quantile

SIZE = (16384, 16384)
TIP_PX = 2000


def run(plan: Plan) -> Iterator[Figure]:
    """Paint strokes at two zooms, ours and bare ones in turn."""
    size, tip = plan.pick((SIZE, TIP_PX), ((512, 512), 100))
    ours, bare, detail = brush.measure(plan, size, tip)
    for name, share, goal in (("p95", 0.95, 12.0), ("max", 1.0, 50.0)):
        yield Figure(
            f"brush-16k-{name}",
            quantile(ours, share),
            "ms",
            goal,
            reference=quantile(bare, share),
            detail=detail if name == "p95" else {},
        )
