"""Runs koinon, PyVRP and OR-tools on the same CVRPLIB files at equal CPU and prints a table; called by `benchmarks/routes`.

Each solver's routes are judged here: every stop once, no vehicle overloaded, legs computed from the coordinates as the library
rounds them (CMT in thousandths). Only files with EUC_2D legs and no limit of duration are taken.
"""

import csv
import math
import pathlib
import re
import resource
import subprocess
import sys
import time


def read(path):
    """Coordinates, demands and capacity of a file; the depot is node 1."""
    text = path.read_text()
    header = dict(re.findall(r"^([A-Z_]+)\s*:\s*(.*?)\s*$", text, re.M))
    if header["EDGE_WEIGHT_TYPE"] != "EUC_2D" or "DISTANCE" in header:
        return None

    def section(name):
        lines = re.search(name + r"\s*\n((?:\s*[-0-9].*\n)+)", text).group(1).splitlines()
        return [line.split()[1:] for line in lines if line.strip()]

    points = [(float(x), float(y)) for x, y in section("NODE_COORD_SECTION")]
    demands = [int(demand) for (demand,) in section("DEMAND_SECTION")]
    scale = 1000 if header["NAME"].startswith("CMT") else 1
    legs = [[math.floor(scale * math.dist(a, b) + 0.5) for b in points] for a in points]
    return legs, demands, int(header["CAPACITY"]), scale, points


def judge(problem, routes):
    """Cost of routes (stops numbered from 1), or a loud end."""
    legs, demands, capacity, *_ = problem
    visited = sorted(stop for route in routes for stop in route)
    assert visited == list(range(1, len(demands))), "a stop is missing or served twice"
    assert all(sum(demands[stop] for stop in route) <= capacity for route in routes), "overloaded"
    return sum(legs[a][b] for route in routes for a, b in zip([0, *route], [*route, 0]))


def koinon(binary, path, iterations, seed):
    """Routes, what was printed of them, and CPU seconds of the process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    out = subprocess.run([binary, path, str(iterations), str(seed)], capture_output=True, text=True, check=True).stdout
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    lines = [line for line in out.splitlines() if line.startswith("Route")]
    routes = [[int(stop) for stop in line.split(":")[1].split()] for line in lines]
    return routes, lines, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def pyvrp(problem, seconds, seed):
    from pyvrp import Model, solve

    legs, demands, capacity, scale, points = problem
    model = Model()
    places = [model.add_location(round(scale * x), round(scale * y)) for x, y in points]
    model.add_depot(places[0])
    for place, demand in zip(places[1:], demands[1:]):
        model.add_client(place, delivery=demand)
    model.add_vehicle_type(len(demands) - 1, capacity=capacity)
    for a, from_ in enumerate(places):
        for b, to in enumerate(places):
            if a != b:
                model.add_edge(from_, to, distance=legs[a][b])
    data = model.data()
    start = time.process_time()
    result = solve(data, stop=lambda _: time.process_time() - start >= seconds, seed=seed, display=False)
    spent = time.process_time() - start
    return [[visit.idx + 1 for visit in route if visit.is_client()] for route in result.best.routes()], spent


def ortools(problem, seconds):
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2

    legs, demands, capacity, *_ = problem
    # As many vehicles as a generous packing needs: with one for each stop it is far worse.
    vehicles = -(-13 * sum(demands) // (10 * capacity)) + 3
    manager = pywrapcp.RoutingIndexManager(len(demands), vehicles, 0)
    routing = pywrapcp.RoutingModel(manager)
    transit = routing.RegisterTransitMatrix(legs)
    routing.SetArcCostEvaluatorOfAllVehicles(transit)
    load = routing.RegisterUnaryTransitVector(demands)
    routing.AddDimension(load, 0, capacity, True, "load")
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.SAVINGS
    parameters.time_limit.seconds = 60 + int(100 * seconds)
    parameters.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    start = time.process_time()
    routing.AddSearchMonitor(routing.solver().CustomLimit(lambda: time.process_time() - start >= seconds))
    solution = routing.SolveWithParameters(parameters)
    spent = time.process_time() - start
    routes = []
    for vehicle in range(vehicles):
        index, route = solution.Value(routing.NextVar(routing.Start(vehicle))), []
        while not routing.IsEnd(index):
            route.append(manager.IndexToNode(index))
            index = solution.Value(routing.NextVar(index))
        routes.append(route)
    return routes, spent


def main():
    binary, folder, seconds, seeds = sys.argv[1], pathlib.Path(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4])
    known = {}
    table = folder.parent / "known_values.csv"
    if table.exists():
        known = {row["file"].split("/")[-1]: float(row["known_value"]) for row in csv.DictReader(table.open())}
    print(f"{'file':<18} {'solver':<8} {'seed':>4} {'iterations':>10} {'CPU s':>7} {'cost':>12} {'gap':>8}")
    for path in sorted(folder.glob("*.vrp")):
        problem = read(path)
        if problem is None:
            print(f"{path.name:<18} left out: not plain EUC_2D")
            continue
        scale = problem[3]

        def tell(solver, seed, iterations, spent, cost):
            best = known.get(path.name)
            gap = f"{100 * (cost / scale - best) / best:+.2f} %" if best else "-"
            shown = f"{cost / scale:.3f}" if scale > 1 else str(cost)
            print(f"{path.name:<18} {solver:<8} {seed:>4} {iterations:>10} {spent:>7.2f} {shown:>12} {gap:>8}", flush=True)

        pace = 500 / koinon(binary, path, 500, 1)[2]
        iterations = max(100, round(pace * seconds, -2))
        for seed in range(1, seeds + 1):
            routes, lines, spent = koinon(binary, path, int(iterations), seed)
            tell("koinon", seed, int(iterations), spent, judge(problem, routes))
            if seed == 1:
                assert koinon(binary, path, int(iterations), seed)[1] == lines, "a second run gave another plan"
            routes, used = pyvrp(problem, spent, seed)
            tell("PyVRP", seed, "", used, judge(problem, routes))
            if seed == 1:
                routes, used = ortools(problem, spent)
                tell("OR-tools", "-", "", used, judge(problem, routes))


if __name__ == "__main__":
    main()
