"""Runs koinon and HiGHS on the same problems of placing stock and prints a table; called by `benchmarks/preposition`.

The linear programme of an item: units at each site, units from site to place in each scenario, of which those that serve fully and the last
one that serves fewer are worth their people, and minutes cost what they take. "Effort" is in person-minutes, over all scenarios by weight; HiGHS's
is that of its optimum, which may cut pieces. Seconds are CPU seconds of one thread: of ours all of the process, reading and checking included; of
HiGHS the solving alone.
"""

import collections
import csv
import fractions
import math
import pathlib
import random
import resource
import subprocess
import sys
import tempfile
import time
import unicodedata


def code(text):
    plain = unicodedata.normalize("NFKD", text.split(",")[0]).encode("ascii", "ignore").decode().lower()
    return "-".join("".join(c if c.isalnum() else " " for c in plain).split())


def study(folder):
    """The problem of the study: sites, items, stock, scenarios, ways."""

    def rows(name):
        return list(csv.DictReader((folder / name).open(encoding="utf-8", errors="replace")))

    items = {}
    for row in rows("personsPerItem.csv"):
        if row["Month"] == "DEFAULT":
            items[code(row["Item"])] = fractions.Fraction(row["PersonsPerItem"])
    stock = {(code(row["gglAddress"]), code(row["ItemName"])): int(row["Total"]) for row in rows("inventory/actual.csv")}
    kinds = {row["disasterType"] for row in rows("disasterTypeSelection.csv") if row["include"] == "1"}
    scenarios = collections.defaultdict(dict)
    for row in rows("disasterAffectedData2.csv"):
        if row["Type"] in kinds:
            scenarios[row["DisasterID"]]["town-" + code(row["gglAddress"])] = int(row["TotAffected"])
    ways = {}
    for row in rows("distanceMatrix.csv"):
        hours = row["drivingTime_hrs"]
        ways[code(row["depotGglAddressAscii"]), "town-" + code(row["disasterGglAddressAscii"])] = round(float(hours) * 60)
    sites = sorted({site for site, _ in ways} | {site for site, _ in stock})
    return sites, items, stock, scenarios, ways


def made_up(depots, towns, count):
    """Towns and depots strewn over a square of a thousand minutes, three items, storms that hit towns near one another."""
    dice = random.Random(7)
    spots = {f"d-{n}": (dice.random(), dice.random()) for n in range(depots)}
    there = {f"t-{n}": (dice.random(), dice.random()) for n in range(towns)}
    ways = {(d, t): round(1000 * math.dist(a, b)) + 30 for d, a in spots.items() for t, b in there.items()}
    items = {"tents": fractions.Fraction(5), "blankets": fractions.Fraction(3, 5), "buckets": fractions.Fraction(5, 2)}
    stock = {(d, item): dice.randrange(2000) for d in spots for item in items}
    scenarios = {}
    for n in range(count):
        eye = (dice.random(), dice.random())
        near = sorted(there, key=lambda town: math.dist(eye, there[town]))[: dice.randrange(3, 15)]
        scenarios[f"s-{n}"] = {town: dice.randrange(100, 20000) for town in near}
    return sorted(spots), items, stock, scenarios, ways


def written(problem):
    sites, items, stock, scenarios, ways = problem
    lines = [f"site {site}" for site in sites]
    lines += [f"item {item} {each.numerator} {each.denominator}" for item, each in items.items()]
    lines += [f"stock {site} {item} {units}" for (site, item), units in stock.items()]
    for name, hits in scenarios.items():
        lines += [f"scenario {name} 1"] + [f"hit {town} {people}" for town, people in hits.items()]
    lines += [f"way {site} {town} {minutes}" for (site, town), minutes in ways.items()]
    return "\n".join(lines) + "\n"


def koinon(binary, problem):
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write(written(problem))
        file.flush()
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        first = subprocess.run([binary, file.name, "1"], capture_output=True, text=True, check=True).stdout
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        again = subprocess.run([binary, file.name, "2"], capture_output=True, text=True, check=True).stdout
    lines = [line.split() for line in first.splitlines()]
    assert first.splitlines()[1:] == again.splitlines()[1:], "two runs differ"
    return lines, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def model(problem, item, worth, person):
    """The linear programme of an item, as columns: cost, upper bound, and rows with their entries."""
    sites, items, stock, scenarios, ways = problem
    parts = int(items[item] * person)
    total = sum(units for (_, code), units in stock.items() if code == item)
    cost, upper, rows = [0.0] * len(sites), [float(total)] * len(sites), []
    rows.append((total, total, [(at, 1) for at in range(len(sites))]))
    for hits in scenarios.values():
        out = [[] for _ in sites]
        for town, people in hits.items():
            come = []
            for at, site in enumerate(sites):
                if (site, town) in ways:
                    cost.append(float(ways[site, town] * parts))
                    upper.append(float(total))
                    out[at].append(len(cost) - 1)
                    come.append((len(cost) - 1, 1))
            whole, rest = divmod(people * person, parts)
            for units, value in ((whole, parts), (1, rest)):
                cost.append(float(-worth * value))
                upper.append(float(units))
                come.append((len(cost) - 1, -1))
            rows.append((0, 0, come))
        for at, columns in enumerate(out):
            rows.append((-float("inf"), 0, [(column, 1) for column in columns] + [(at, -1)]))
    return cost, upper, rows


def highs(problem, item, worth, person):
    """Optimal value and CPU seconds of the solving."""
    import highspy
    import numpy

    cost, upper, rows = model(problem, item, worth, person)
    solver, lp = highspy.Highs(), highspy.HighsLp()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    lp.num_col_, lp.num_row_ = len(cost), len(rows)
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = numpy.array(cost), numpy.zeros(len(cost)), numpy.array(upper)
    lp.row_lower_ = numpy.array([float(row[0]) for row in rows])
    lp.row_upper_ = numpy.array([float(row[1]) for row in rows])
    start, index, value = [0], [], []
    for _, _, entries in rows:
        index += [entry[0] for entry in entries]
        value += [float(entry[1]) for entry in entries]
        start.append(len(index))
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = map(numpy.array, (start, index, value))
    solver.passModel(lp)
    begin = time.process_time()
    solver.run()
    used = time.process_time() - begin
    assert solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return -solver.getInfo().objective_function_value, used


def judge(problem, item, placed, person, parts_told, effort_told):
    """Responds to every scenario from our placement with SciPy, and compares people and effort."""
    import numpy
    import scipy.optimize
    import scipy.sparse

    sites, items, stock, scenarios, ways = problem
    each = int(items[item] * person)
    worth = 100 * each * (max(ways.values()) + 1)
    parts = effort = 0.0
    for hits in scenarios.values():
        one = (sites, items, stock, {"s": hits}, ways)
        cost, upper, rows = model(one, item, worth, person)
        bounds = [(placed.get(site, 0), placed.get(site, 0)) for site in sites] + [(0, most) for most in upper[len(sites) :]]
        equal = [row for row in rows if row[0] == row[1]]
        most = [row for row in rows if row[0] != row[1]]

        def matrix(chosen):
            at = [(r, c, v) for r, (_, _, entries) in enumerate(chosen) for c, v in entries]
            return scipy.sparse.csr_matrix(([v for _, _, v in at], ([r for r, _, _ in at], [c for _, c, _ in at])), (len(chosen), len(cost)))

        found = scipy.optimize.linprog(
            cost, matrix(most), numpy.zeros(len(most)), matrix(equal), numpy.array([row[0] for row in equal], float), bounds
        )
        amounts = found.x
        parts -= sum(cost[at] * amounts[at] for at in range(len(cost)) if cost[at] < 0) / worth
        effort += sum(cost[at] * amounts[at] for at in range(len(cost)) if cost[at] > 0)
    assert abs(parts - parts_told) <= 1e-6 * parts_told, f"{item}: {parts} parts are found, {parts_told} told"
    assert abs(effort - effort_told) <= 1e-6 * effort_told + 1, f"{item}: effort {effort} is found, {effort_told} told"


def main(binary, folder, depots, towns, count):
    print("| problem | item | balance | effort of ours | our bound | optimum of HiGHS | ours above it | HiGHS CPU s |")
    print("|---|---|---|---|---|---|---|---|")
    for name, problem in (("Madagascar", study(pathlib.Path(folder))), (f"{depots}/{towns}/{count}", made_up(depots, towns, count))):
        lines, seconds = koinon(binary, problem)
        person = next(int(words[1]) for words in lines if words[0] == "person")
        bounds = {words[1]: [int(word) for word in words[2:]] for words in lines if words[0] == "bound"}
        theirs = 0.0
        for words in [words for words in lines if words[0] == "item"]:
            item = words[1]
            _, now, parts, effort = map(int, words[2:])
            if not sum(units for (_, code), units in problem[2].items() if code == item):
                continue
            _, least, worth = bounds[item]
            placed = {words[2]: int(words[3]) for words in lines if words[0] == "placed" and words[1] == item}
            judge(problem, item, placed, person, parts, effort)
            value, used = highs(problem, item, worth, person)
            theirs += used
            optimum = worth * parts - value
            told = [f"{figure / person:,.0f}" for figure in (effort, least, optimum)]
            above = f"{1e6 * (effort - optimum) / effort:.2f} ppm" if effort else "0"
            balance = f"{now / effort:.3f}" if effort else "-"
            print(f"| {name} | {item} | {balance} | {told[0]} | {told[1]} | {told[2]} | {above} | {used:.2f} |", flush=True)
        print(f"| {name} | all, ours {seconds:.2f} CPU s | | | | | {theirs / seconds:.1f} times | {theirs:.2f} |", flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], *map(int, sys.argv[3:]))
