"""Runs koinon, HiGHS and CP-SAT on the same `.dow` files and prints a table; called by `benchmarks/design`.

HiGHS and CP-SAT get the strong formulation (a commodity may use an arc only where it is open). Seconds are CPU seconds. "Best" is the
best plan of the table, or the known value where that is lower. Plans of ours are judged here: conservation, capacities, costs from the
file. The last column says when a peer first held a plan within 2 % of the best, if it did; for ours every row is a run of its own.
"""

import collections
import csv
import pathlib
import resource
import subprocess
import sys
import time

ITERATIONS = (2_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000)


def read(path):
    """Number of nodes, arcs (from, to, cost, capacity, fixed) and commodities (from, to, amount)."""
    rows = [[int(word) for word in line.split()] for line in path.read_text().splitlines()[1:] if line.strip()]
    nodes, arcs, _ = rows[0]
    return nodes, [row[:5] for row in rows[1 : 1 + arcs]], rows[1 + arcs :]


def judge(problem, carried, linear):
    """Cost of a plan (arc, commodity, amount, from 1), or a loud end."""
    _, arcs, commodities = problem
    excess, load = collections.Counter(), collections.Counter()
    for index, (source, sink, amount) in enumerate(commodities, 1):
        excess[index, source] += amount
        excess[index, sink] -= amount
    for arc, commodity, amount in carried:
        assert amount > 0, "nothing is carried"
        excess[commodity, arcs[arc - 1][0]] -= amount
        excess[commodity, arcs[arc - 1][1]] += amount
        load[arc] += amount
    assert not any(excess.values()), "out of balance"
    assert all(used <= arcs[arc - 1][3] for arc, used in load.items()), "overloaded"
    return sum(used * arcs[arc - 1][2] + (0 if linear else arcs[arc - 1][4]) for arc, used in load.items())


def koinon(binary, path, problem, iterations, linear):
    """Cost, bound and CPU seconds of the process, after two equal runs."""
    command = [binary, path, str(iterations), "1"] + ["linear"] * linear
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    again = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    assert lines[:-1] == again[:-1], "two runs differ"
    carried = [tuple(int(word) for word in line.split()[1:]) for line in lines if line.startswith("f ")]
    bound = next(int(line.split()[1]) for line in lines if line.startswith("b "))
    return judge(problem, carried, linear), bound, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def highs(problem, seconds, linear):
    import highspy
    import numpy

    nodes, arcs, commodities = problem
    count, many = len(arcs), len(commodities)
    model, lp = highspy.Highs(), highspy.HighsLp()
    model.setOptionValue("output_flag", False)
    model.setOptionValue("threads", 1)
    model.setOptionValue("time_limit", float(seconds))
    # Columns: the share of commodity k on arc a at k * count + a, then the opening of each arc.
    cost = [float(arc[2] * one[2]) for one in commodities for arc in arcs]
    cost += [0.0 if linear else float(arc[4]) for arc in arcs]
    low, high, start, index, value = [], [], [0], [], []

    def row(lower, upper, entries):
        low.append(lower)
        high.append(upper)
        index.extend(entry[0] for entry in entries)
        value.extend(float(entry[1]) for entry in entries)
        start.append(len(index))

    for k, (source, sink, _) in enumerate(commodities):
        for node in range(1, nodes + 1):
            out = [(k * count + a, 1) for a, arc in enumerate(arcs) if arc[0] == node]
            back = [(k * count + a, -1) for a, arc in enumerate(arcs) if arc[1] == node]
            balance = float((node == source) - (node == sink))
            row(balance, balance, out + back)
    for a, arc in enumerate(arcs):
        shares = [(k * count + a, one[2]) for k, one in enumerate(commodities)]
        row(-highspy.kHighsInf, 0.0, shares + [(many * count + a, -arc[3])])
    if not linear:
        for k in range(many):
            for a in range(count):
                row(-highspy.kHighsInf, 0.0, [(k * count + a, 1), (many * count + a, -1)])
        kinds = highspy.HighsVarType
        lp.integrality_ = [kinds.kContinuous] * (many * count) + [kinds.kInteger] * count
    lp.num_col_, lp.num_row_ = len(cost), len(low)
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = numpy.array(cost), numpy.zeros(len(cost)), numpy.ones(len(cost))
    lp.row_lower_, lp.row_upper_ = numpy.array(low), numpy.array(high)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = map(numpy.array, (start, index, value))
    model.passModel(lp)
    trail, begin = [], time.process_time()
    if not linear:
        model.cbMipImprovingSolution.subscribe(
            lambda event: trail.append((time.process_time() - begin, event.data_out.objective_function_value))
        )
    model.run()
    used = time.process_time() - begin
    info = model.getInfo()
    plan = info.objective_function_value
    if linear:
        trail.append((used, plan))
    return plan, plan if linear else info.mip_dual_bound, used, trail


def cp_sat(problem, seconds):
    from ortools.sat.python import cp_model

    nodes, arcs, commodities = problem
    model = cp_model.CpModel()
    opened = [model.new_bool_var("") for _ in arcs]
    sent = [[model.new_int_var(0, min(one[2], arc[3]), "") for arc in arcs] for one in commodities]
    for one, units in zip(commodities, sent):
        for node in range(1, nodes + 1):
            out = sum(units[a] for a, arc in enumerate(arcs) if arc[0] == node)
            back = sum(units[a] for a, arc in enumerate(arcs) if arc[1] == node)
            model.add(out - back == one[2] * ((node == one[0]) - (node == one[1])))
        for a in range(len(arcs)):
            model.add(units[a] <= one[2] * opened[a])
    for a, arc in enumerate(arcs):
        model.add(sum(units[a] for units in sent) <= arc[3] * opened[a])
    model.minimize(
        sum(arc[2] * units[a] for units in sent for a, arc in enumerate(arcs))
        + sum(arc[4] * opened[a] for a, arc in enumerate(arcs))
    )
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.max_time_in_seconds = seconds
    trail, begin = [], time.process_time()

    class Better(cp_model.CpSolverSolutionCallback):
        def on_solution_callback(self):
            trail.append((time.process_time() - begin, self.objective_value))

    status = solver.solve(model, Better())
    found = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    return solver.objective_value if found else None, solver.best_objective_bound, time.process_time() - begin, trail


def main(binary, folder, highs_seconds, cp_seconds):
    folder = pathlib.Path(folder)
    table, known = folder.parent / "known_values.csv", {}
    if table.exists():
        for row in csv.DictReader(table.open()):
            if row["file"].startswith("mmcf/") and "strong" not in row["kind"]:
                known[pathlib.Path(row["file"]).name, row["kind"].startswith("linear")] = float(row["known_value"])
    print("| file | solver | cost | above the best | bound | CPU s | within 2 % at |")
    print("|---|---|---|---|---|---|---|")
    for path in sorted(folder.glob("*.dow")):
        problem = read(path)
        for linear in (False, True):
            rows = []
            for iterations in ITERATIONS[: 5 if linear else 6]:
                run = koinon(binary, path, problem, iterations, linear)
                rows.append((f"koinon, {iterations:,} iterations", *run, []))
            rows.append(("HiGHS", *highs(problem, highs_seconds, linear)))
            if not linear:
                rows.append(("CP-SAT", *cp_sat(problem, cp_seconds)))
            best = min([row[1] for row in rows if row[1]] + [known.get((path.name, linear), float("inf"))])
            for solver, cost, bound, used, trail in rows:
                name = path.name + (", linear" if linear else "")
                reached = next((f"{at:.3f} s" for at, value in trail if value <= 1.02 * best), "never" if not solver.startswith("koinon") else "")
                told, above = ("none", "-") if cost is None else (f"{cost:.0f}", f"{100 * (cost / best - 1):.2f} %")
                print(f"| {name} | {solver} | {told} | {above} | {bound:.0f} | {used:.3f} | {reached} |", flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]), float(sys.argv[4]))
