"""Runs koinon-flow, LEMON, OR-tools and HiGHS on the same networks and prints tables; called by `benchmarks/flow`.

A time is process CPU of one solve, the best of the rounds, in which the solvers take turns; reading files is left out, handing the numbers
over is not. OR-tools gets whole arrays at once; HiGHS a model of columns, one thread, its own choice of method from nothing (cold), or the
dual simplex from the item before (warm). The run fails where two optima differ.
"""

import csv
import pathlib
import subprocess
import sys
import time

import highspy
import numpy
from ortools.graph.python import min_cost_flow

# Shape, items, items of them that HiGHS solves, changes an item, items that are changed.
SHAPES = [("region", 500, 60, 40, 50), ("district", 20, 3, 20, 4), ("continental", 20, 3, 20, 4)]
SEED = 7
MILLISECONDS = "500"
UNLIMITED = -1
# Microseconds that one changed stock may take.
CHANGE_GOALS = {"region": 5, "district": 100, "continental": 100}


class Network:
    """A DIMACS file as arrays; nodes count from 0."""

    def __init__(self, path):
        lines = pathlib.Path(path).read_text().splitlines()
        self.nodes = int(next(line for line in lines if line.startswith("p")).split()[2])
        self.supply = numpy.zeros(self.nodes, numpy.int64)
        for line in lines:
            if line.startswith("n"):
                _, node, supply = line.split()
                self.supply[int(node) - 1] = int(supply)
        arcs = numpy.array([line.split()[1:] for line in lines if line.startswith("a")], numpy.int64)
        self.tail, self.head = (arcs[:, :2] - 1).T.astype(numpy.int32)
        self.lower, self.capacity, self.cost = (numpy.ascontiguousarray(arcs[:, i]) for i in (2, 3, 4))


def ortools(network, supply=None):
    """Optimum by SimpleMinCostFlow, and its seconds."""
    supply = network.supply if supply is None else supply
    # It knows no lower bounds and no missing limit: both are put into the numbers before the clock starts.
    limit = int(numpy.abs(supply).sum() + network.lower.sum())
    capacity = numpy.where(network.capacity == UNLIMITED, limit, network.capacity - network.lower)
    due = supply.copy()
    numpy.subtract.at(due, network.tail, network.lower)
    numpy.add.at(due, network.head, network.lower)
    nodes = numpy.arange(network.nodes, dtype=numpy.int32)
    begin = time.process_time()
    flow = min_cost_flow.SimpleMinCostFlow()
    flow.add_arcs_with_capacity_and_unit_cost(network.tail, network.head, capacity, network.cost)
    flow.set_nodes_supplies(nodes, due)
    if flow.solve() != flow.OPTIMAL:
        sys.exit("OR-tools finds no optimum")
    cost = flow.optimal_cost()
    return cost + int((network.lower * network.cost).sum()), time.process_time() - begin


class Highs:
    """HiGHS with one thread and no output."""

    def __init__(self):
        self.solver = highspy.Highs()
        for option, value in [("output_flag", False), ("threads", 1)]:
            self.solver.setOptionValue(option, value)

    def cold(self, network):
        model = self.model(network)
        begin = time.process_time()
        self.solver.clear()
        for option, value in [("output_flag", False), ("threads", 1)]:
            self.solver.setOptionValue(option, value)
        self.solver.passModel(model)
        return self.run(begin)

    def warm(self, network):
        """From the basis of the last network, which must have had the same arcs."""
        columns = numpy.arange(len(network.cost), dtype=numpy.int32)
        lower, upper, cost, due = self.numbers(network)
        rows = numpy.arange(network.nodes, dtype=numpy.int32)
        begin = time.process_time()
        self.solver.changeColsCost(len(columns), columns, cost)
        self.solver.changeColsBounds(len(columns), columns, lower, upper)
        self.solver.changeRowsBounds(len(rows), rows, due, due)
        return self.run(begin)

    def run(self, begin):
        self.solver.run()
        if self.solver.getModelStatus() == highspy.HighsModelStatus.kUnknown:
            # Seen from an old basis, by its tolerances: it starts anew, and that counts.
            self.solver.clearSolver()
            self.solver.run()
        if self.solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            sys.exit("HiGHS finds no optimum")
        spent = time.process_time() - begin
        # Its numbers are floating point, those of an optimal basis of a network are whole: they are rounded and added up again.
        return numpy.rint(self.solver.getSolution().col_value).astype(numpy.int64), spent

    @staticmethod
    def numbers(network):
        upper = numpy.where(network.capacity == UNLIMITED, highspy.kHighsInf, network.capacity.astype(float))
        return network.lower.astype(float), upper, network.cost.astype(float), network.supply.astype(float)

    def model(self, network):
        model = highspy.HighsLp()
        arcs = len(network.cost)
        model.num_col_, model.num_row_ = arcs, network.nodes
        model.col_lower_, model.col_upper_, model.col_cost_, due = self.numbers(network)
        model.row_lower_ = model.row_upper_ = due
        model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        model.a_matrix_.start_ = numpy.arange(0, 2 * arcs + 1, 2, dtype=numpy.int32)
        model.a_matrix_.index_ = numpy.stack([network.tail, network.head], 1).ravel().astype(numpy.int32)
        model.a_matrix_.value_ = numpy.tile([1.0, -1.0], arcs)
        return model


def program(words):
    """Lines of a measuring program, by their first word."""
    said = subprocess.run([str(word) for word in words], capture_output=True, text=True)
    if said.returncode != 0:
        sys.exit(f"{words[0]}: {said.stderr}")
    lines = {}
    for line in said.stdout.splitlines():
        first, *rest = line.split()
        lines.setdefault(first, []).append(rest)
    return lines


def agree(what, optima):
    """Ends the run where two solvers differ."""
    if len(set(optima.values())) != 1:
        sys.exit(f"{what}: the optima differ: {optima}")


def keep(best, name, microseconds):
    best[name] = min(best.get(name, microseconds), microseconds)


def cold(networks, files, few, binary, lemon, rounds):
    """Best microseconds a solve of each solver, all on the same files, HiGHS on the first few."""
    best, highs = {}, Highs()
    for turn in range(rounds):
        ours = program([binary, "--solve", MILLISECONDS, *files])
        theirs = program([lemon, MILLISECONDS, *files])
        for name, lines, what in [
            ("koinon-flow", ours, "cold"),
            ("koinon-flow, checking its input", ours, "checked"),
            ("LEMON NetworkSimplex, reused", theirs, "reused"),
            ("LEMON, made anew, no empty arcs", theirs, "fresh"),
        ]:
            keep(best, name, float(dict(lines["t"])[what]))
        solved = [ortools(network) for network in networks]
        keep(best, "OR-tools SimpleMinCostFlow", 1e6 * sum(seconds for _, seconds in solved) / len(networks))
        plans = {"HiGHS cold": [highs.cold(network) for network in networks[:few]]}
        if few > 1:
            plans["HiGHS warm"] = [highs.warm(network) for network in networks[:few]]
        for name, answers in plans.items():
            # The first warm solve still starts from the last item of the cold ones: as good a basis as any.
            keep(best, name, 1e6 * sum(seconds for _, seconds in answers) / few)
        if turn > 0:
            continue
        for index, network in enumerate(networks):
            optima = {
                "koinon": int(ours["s"][index][1]),
                "LEMON": int(theirs["s"][index][1]),
                "OR-tools": solved[index][0],
            }
            if index < few:
                optima |= {name: int(answers[index][0] @ network.cost) for name, answers in plans.items()}
            agree(files[index], optima)
    return best


def changed(networks, files, count, items, binary, rounds):
    """Best microseconds of one changed stock, ours again from the last plan and OR-tools from nothing."""
    best = {}
    for turn in range(rounds):
        lines = program([binary, "--change", count, *files[:items]])
        for what, microseconds in lines["t"]:
            keep(best, what, float(microseconds))
        seconds = 0.0
        index, supply = None, None
        for file, node, amount, cost in lines["u"]:
            if index is None or files[index] != file:
                index = files.index(file)
                supply = networks[index].supply.copy()
            more = int(amount) - supply[int(node) - 1]
            supply[int(node) - 1] += more
            supply[-1] -= more
            optimum, spent = ortools(networks[index], supply)
            seconds += spent
            agree(f"{file}, node {node} changed", {"koinon": int(cost), "OR-tools": optimum})
        keep(best, "OR-tools", 1e6 * seconds / len(lines["u"]))
    return best


def shown(microseconds):
    return f"{microseconds:,.1f}" if microseconds < 1000 else f"{microseconds:,.0f}"


def main():
    binary, lemon, folder, published, rounds = sys.argv[1:]
    folder, published, rounds = pathlib.Path(folder), pathlib.Path(published), int(rounds)
    columns, again = {}, {}
    for shape, count, few, changes, items in SHAPES:
        program([binary, "--write", shape, count, SEED, folder])
        files = [str(path) for path in sorted(folder.glob(f"{shape}-*.min"))]
        networks = [Network(path) for path in files]
        columns[shape] = cold(networks, files, few, binary, lemon, rounds)
        again[shape] = changed(networks, files, changes, items, binary, rounds)

    print("Microseconds of process CPU for one item, from nothing (times ours):\n")
    print("| solver | " + " | ".join(columns) + " | goal |")
    print("|---|" + "---|" * (len(columns) + 1))
    for name in columns["region"]:
        cells = []
        for best in columns.values():
            ratio = best[name] / best["koinon-flow"]
            cells.append(shown(best[name]) + ("" if name.startswith("koinon") else f" ({ratio:.1f}x)"))
        goal = {"L": "3x", "O": "25x"}.get(name[0], "")
        print(f"| {name} | " + " | ".join(cells) + f" | {goal} |")

    print("\nMicroseconds of process CPU from one changed stock to the new optimum:\n")
    print("| shape | koinon-flow | goal | OR-tools from nothing | ratio | goal |")
    print("|---|---|---|---|---|---|")
    for shape, best in again.items():
        ours = min(microseconds for what, microseconds in best.items() if what != "OR-tools")
        kinds = ", ".join(f"{what} {shown(spent)}" for what, spent in best.items() if what != "OR-tools")
        print(
            f"| {shape} | {kinds} | {CHANGE_GOALS[shape]} | {shown(best['OR-tools'])} | {best['OR-tools'] / ours:.0f}x | 150x |"
        )

    files = sorted(path for path in published.glob("*") if path.is_file())
    if not files:
        print(f"\nSKIPPED: no published files in {published}", file=sys.stderr)
        return
    table = published.parent / "known_values.csv"
    known = {}
    if table.exists():
        known = {row["file"]: int(row["known_value"]) for row in csv.DictReader(table.open()) if row["kind"] == "min-cost flow"}
    print("\nPublished files, microseconds of process CPU (times ours):\n")
    print("| file | koinon-flow | LEMON, reused | LEMON, made anew | OR-tools | optimum |")
    print("|---|---|---|---|---|---|")
    for path in files:
        network, best = Network(path), {}
        for _ in range(rounds):
            ours, theirs = program([binary, "--solve", "100", path]), program([lemon, "100", path])
            answers = [ortools(network) for _ in range(5)]
            keep(best, "koinon", float(dict(ours["t"])["cold"]))
            keep(best, "reused", float(dict(theirs["t"])["reused"]))
            keep(best, "fresh", float(dict(theirs["t"])["fresh"]))
            keep(best, "OR-tools", 1e6 * min(seconds for _, seconds in answers))
        optima = {"koinon": int(ours["s"][0][1]), "LEMON": int(theirs["s"][0][1]), "OR-tools": answers[0][0]}
        name = f"{published.name}/{path.name}"
        if name in known:
            optima["published"] = known[name]
        agree(name, optima)
        cells = [f"{shown(best[which])} ({best[which] / best['koinon']:.2f}x)" for which in ("reused", "fresh", "OR-tools")]
        verdict = "as published" if name in known else "all agree"
        print(f"| {path.name} | {shown(best['koinon'])} | " + " | ".join(cells) + f" | {verdict} |")


main()
