"""Runs koinon and HiGHS on the same made-up micro-grids and prints a table; called by `benchmarks/balance`.

The linear programme is written here from the problem's meaning: levels of stores, not what is above a floor, and no network. HiGHS solves six goals
one after the other, each with those before held at their optimum (and a little slack, as its tolerances need). It gets
them in thousands of units, as it does not end with larger numbers.
"""

import subprocess
import sys
import time

import highspy
import numpy

TENTHS = [1 << (9 - tenth) for tenth in range(10)]
STEPS = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256]
COVER = [1742, 1161, 774, 516, 344, 229, 153, 102, 68, 45, 30, 20, 13, 9, 6, 4]


def parse(lines):
    places, wires, goals, told = [], [], [], ""
    for line in lines:
        word, *rest = line.split()
        if word == "steps":
            steps = int(rest[0])
        elif word == "place":
            places.append({"name": rest[0], "demand": []})
        elif word == "inflow":
            places[-1]["inflow"] = list(map(int, rest))
        elif word == "demand":
            places[-1]["demand"].append(list(map(int, rest)))
        elif word == "store":
            places[-1]["store"] = list(map(int, rest))
        elif word == "line":
            wires.append((rest[0], rest[1], *map(int, rest[2:])))
        elif word == "goal":
            goals.append((int(rest[0]), int(rest[1])))
        else:
            told = rest
    return steps, places, wires, goals, float(told[0]), told[2]


class Programme:
    def __init__(self):
        self.upper, self.lower, self.rows, self.costs = [], [], [], []

    def column(self, lower, upper, costs=()):
        self.lower.append(lower)
        self.upper.append(upper)
        self.costs.append(dict(costs))
        return len(self.upper) - 1

    def row(self, right, terms):
        self.rows.append((right, terms))


THOUSAND = 1_000.0


def build(steps, places, wires):
    lp, offsets, inf = Programme(), [0.0] * 6, highspy.kHighsInf
    at = {place["name"]: number for number, place in enumerate(places)}
    bus = [[[] for _ in range(steps)] for _ in places]
    for number, place in enumerate(places):
        capacity, level, floor, loss, charge, discharge, charge_loss, discharge_loss = place["store"]
        before = level
        offsets[4] += level + sum(place["inflow"])
        for step in range(steps):
            put = lp.column(0, charge, {5: 1})
            out = lp.column(0, discharge, {5: 1})
            over = lp.column(0, inf)
            after = lp.column(floor, capacity, {4: -1} if step == steps - 1 else {})
            bus[number][step] += [(put, -1), (out, 1 - discharge_loss / 1e6), (lp.column(0, inf), -1)]
            terms, right = [(after, 1), (out, 1), (over, 1), (put, -(1 - charge_loss / 1e6))], 0
            if step == 0:
                right = before * (1 - loss / 1e6)
            else:
                terms.append((before, -(1 - loss / 1e6)))
            lp.row(right, terms)
            before = after
            for kind, demand in enumerate(place["demand"]):
                for tenth, weight in enumerate(TENTHS):
                    part = demand[step] * (tenth + 1) // 10 - demand[step] * tenth // 10
                    bus[number][step].append((lp.column(0, part, {kind: -weight, 4: -1}), -1))
                    offsets[kind] += weight * part
        used = sum(map(sum, place["demand"]))
        parts, low = [(before, -1)], 0
        for cut, weight in zip(STEPS, COVER):
            until = min(used * cut // steps, capacity)
            open_from = max(low, floor)
            width = max(until - open_from, 0)
            parts.append((lp.column(0, width, {3: -weight}), 1))
            offsets[3] += weight * width
            low = max(low, until)
        parts.append((lp.column(0, max(capacity - max(low, floor), 0)), 1))
        lp.row(-floor, parts)
    for start, end, capacity, loss, out_from, out_until in wires:
        for one, other in ((at[start], at[end]), (at[end], at[start])):
            for step in range(steps):
                line = lp.column(0, 0 if out_from <= step < out_until else capacity, {5: 1})
                bus[one][step].append((line, -1))
                bus[other][step].append((line, 1 - loss / 1e6))
    for number, place in enumerate(places):
        for step in range(steps):
            lp.row(-place["inflow"][step], bus[number][step])
    return lp, offsets


def highs(steps, places, wires):
    lp, offsets = build(steps, places, wires)
    model, form = highspy.Highs(), highspy.HighsLp()
    model.setOptionValue("output_flag", False)
    model.setOptionValue("threads", 1)
    form.num_col_, form.num_row_ = len(lp.upper), len(lp.rows)
    form.col_cost_ = numpy.zeros(len(lp.upper))
    form.col_lower_, form.col_upper_ = numpy.array(lp.lower) / THOUSAND, numpy.array(lp.upper) / THOUSAND
    right = numpy.array([row[0] for row in lp.rows]) / THOUSAND
    form.row_lower_, form.row_upper_ = right, right
    start, index, value = [0], [], []
    for _, terms in lp.rows:
        index += [term[0] for term in terms]
        value += [float(term[1]) for term in terms]
        start.append(len(index))
    form.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    form.a_matrix_.start_, form.a_matrix_.index_, form.a_matrix_.value_ = map(numpy.array, (start, index, value))
    model.passModel(form)
    columns = numpy.arange(len(lp.upper), dtype=numpy.int32)
    values, begin = [], time.process_time()
    for goal in range(6):
        costs = numpy.array([column.get(goal, 0.0) for column in lp.costs], float)
        model.changeColsCost(len(columns), columns, costs)
        model.run()
        if model.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            # It gives up where its tolerances do not suffice: this goal and those after it stay open.
            break
        reached = model.getInfo().objective_function_value
        values.append(reached * THOUSAND + offsets[goal])
        used = numpy.nonzero(costs)[0].astype(numpy.int32)
        model.addRow(-highspy.kHighsInf, reached + 1e-7 * abs(reached) + 1e-4, len(used), used, costs[used])
    return values + [None] * (6 - len(values)), time.process_time() - begin


def main(binary, places, steps):
    print("| places x steps | goal | koinon, whole units | its bound | HiGHS | koinon s | HiGHS s | times |")
    print("|---|---|---|---|---|---|---|---|")
    for count in steps or [24, 168]:
        told = subprocess.run([binary, str(places), str(count)], capture_output=True, text=True, check=True).stdout
        hours, grids, wires, goals, seconds, complete = parse(told.splitlines())
        values, used = highs(hours, grids, wires)
        for word, (value, bound), theirs in zip(("lives", "needed", "useful", "cover", "waste", "use"), goals, values):
            theirs = "none" if theirs is None else f"{theirs:.1f}"
            print(f"| {places} x {count} | {word} | {value} | {bound} | {theirs} | {seconds:.3f} | {used:.2f} | {used / seconds:.0f}x |", flush=True)
        assert complete == "true"


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), [int(word) for word in sys.argv[3:]])
