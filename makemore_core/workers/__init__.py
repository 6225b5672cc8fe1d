"""Where runs train besides this process: processes of this machine, and a Ray cluster."""

from makemore_core.workers.on_ray import RayActors
from makemore_core.workers.pool import Pool
from makemore_core.workers.processes import Processes


def all_workers() -> dict[str, Pool]:
    """Both places, by name, as RunManager takes them. Nothing is started before the first run there."""
    return {pool.place.name: pool for pool in (Processes(), RayActors())}
