"""Runs koinon and HiGHS on the same made-up micro-grids and prints a table; called by `benchmarks/balance`.

The programme is written here from the problem's meaning: levels of stores, what leaves a place, and no network. That a place gives nothing before its
store is back at its floor, and opens what it keeps for lives alone, is either-or: yes-or-no columns in the exact programme. Without them it is a linear
programme that no plan is better than, in which what is kept is a level of its own. HiGHS solves goals
one after the other, each with those before held at what it reached (and a little slack, as its tolerances need). It gets
amounts in thousands of units, as it does not end with larger numbers.
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
        self.upper, self.lower, self.rows, self.costs, self.whole = [], [], [], [], []

    def column(self, lower, upper, costs=()):
        self.lower.append(lower)
        self.upper.append(upper)
        self.costs.append(dict(costs))
        return len(self.upper) - 1

    def choice(self):
        self.whole.append(self.column(0, 1))
        return self.whole[-1]

    def row(self, right, terms):
        """Terms that together are just so much."""
        self.rows.append((right, right, terms))

    def at_most(self, right, terms):
        self.rows.append((-highspy.kHighsInf, right, terms))


GOALS = ("lives", "kept", "needed", "useful", "cover", "waste", "use")
DEMAND = (0, 2, 3)
COVER_GOAL, WASTE, USE, KEPT = 4, 5, 6, 1
THOUSAND = 1_000.0


def relaxed(lp, place, step, own, level):
    """What is above the floor and what is kept as two levels; the second serves lives alone."""
    capacity, _, floor, loss, charge, discharge, charge_loss, discharge_loss = place["store"]
    above, kept = level
    last = step == place["steps"] - 1
    put, out = lp.column(0, charge, {USE: 1}), lp.column(0, discharge, {USE: 1})
    opened = lp.column(0, min(discharge, floor), {USE: 1, KEPT: 1})
    fill, over, lost = (lp.column(0, highspy.kHighsInf) for _ in range(3))
    after = [lp.column(0, most, {WASTE: -1} if last else {}) for most in (capacity - floor, floor)]
    stay, lasts = 1 - loss / 1e6, lambda terms: [(column, -factor * (1 - loss / 1e6)) for column, factor in terms]
    first = (stay * above[1], stay * kept[1])
    into = [(after[0], 1), (out, 1), (fill, 1), (over, 1), (put, -(1 - charge_loss / 1e6))]
    lp.row(first[0], into + lasts(above[0]))
    lp.row(first[1], [(after[1], 1), (opened, 1), (lost, 1), (fill, -1)] + lasts(kept[0]))
    keep = 1 - discharge_loss / 1e6
    # Lives are met from the place and from what is kept; more from that than they ask for is of no use.
    lp.at_most(0, [(opened, keep)] + [(column, -1) for column in own[0]])
    return [(put, -1), (out, keep), (opened, keep)], ([(after[0], 1)], 0), ([(after[1], 1)], 0)


def exact(lp, place, step, own, level, net, spilt):
    """One level; either-or, in a step: whether it stands above the floor, whether what is kept is opened, what limits what leaves."""
    capacity, _, floor, loss, charge, discharge, charge_loss, discharge_loss = place["store"]
    inflow, large = place["inflow"][step], 20.0 * capacity + 40.0 * place["largest"]
    put, out = lp.column(0, charge, {USE: 1}), lp.column(0, discharge, {USE: 1})
    opened = lp.column(0, discharge, {USE: 1, KEPT: 1})
    left, over = lp.column(0, capacity), lp.column(0, highspy.kHighsInf)
    after = lp.column(0, capacity, {WASTE: -1} if step == place["steps"] - 1 else {})
    stay, keep = 1 - loss / 1e6, 1 - discharge_loss / 1e6
    terms, first = level
    lp.row(stay * first, [(left, 1)] + [(column, -stay * factor) for column, factor in terms])
    lp.row(0, [(after, 1), (out, 1), (opened, 1), (over, 1), (put, -(1 - charge_loss / 1e6)), (left, -1)])
    lp.at_most(discharge, [(out, 1), (opened, 1)])
    full, opens, slow, fills = (lp.choice() for _ in range(4))
    # Above the floor it is free to give, below only what is opened comes out.
    lp.at_most(0, [(full, floor), (left, -1)])
    lp.at_most(0, [(out, 1), (full, -large)])
    lp.at_most(large - floor, [(out, 1), (left, -1), (full, large)])
    lp.at_most(0, [(opened, 1), (opens, -large)])
    used = [(column, 1) for kind in (1, 2) for column in own[kind]] + [(spilt, 1)]
    lp.at_most(large, used + [(opens, large)])
    lp.at_most(large, [(put, 1), (opens, large)])
    # What leaves: one of three limits holds.
    lp.at_most(-1, [(full, -1), (slow, -1), (fills, -1)])
    lp.at_most(inflow - keep * floor + large, net + [(left, -keep), (full, large)])
    lp.at_most(inflow + keep * discharge + large, net + [(full, large)])
    lp.at_most(inflow - min(inflow, charge) + large, net + [(slow, large)])
    gain = 1 - charge_loss / 1e6
    lp.at_most(inflow - floor / gain + large, net + [(left, -1 / gain), (fills, large)])
    return [(put, -1), (out, keep), (opened, keep)], ([(after, 1)], 0)


def demands(lp, place, step, offsets):
    """Columns of what is met, by kind."""
    own = []
    for goal, demand in zip(DEMAND, place["demand"]):
        own.append([])
        for tenth, weight in enumerate(TENTHS):
            part = demand[step] * (tenth + 1) // 10 - demand[step] * tenth // 10
            own[-1].append(lp.column(0, part, {goal: -weight, WASTE: -1}))
            offsets[goal] += weight * part
    return own


def build(steps, places, wires, whole):
    lp, offsets = Programme(), [0.0] * 7
    at = {place["name"]: number for number, place in enumerate(places)}
    bus = [[[] for _ in range(steps)] for _ in places]
    for start, end, capacity, loss, out_from, out_until in wires:
        for one, other in ((at[start], at[end]), (at[end], at[start])):
            for step in range(steps):
                line = lp.column(0, 0 if out_from <= step < out_until else capacity, {USE: 1})
                bus[one][step].append((line, -1))
                bus[other][step].append((line, 1 - loss / 1e6))
    for number, place in enumerate(places):
        capacity, level, floor = place["store"][:3]
        place["steps"], place["largest"] = steps, max(map(max, place["demand"] + [place["inflow"]]))
        first = min(level, floor)
        levels = [([], level)] if whole else [([], level - first), ([], first)]
        offsets[WASTE] += level + sum(place["inflow"])
        for step in range(steps):
            net = [(column, -factor) for column, factor in bus[number][step]]
            own, spilt = demands(lp, place, step, offsets), lp.column(0, highspy.kHighsInf)
            if whole:
                moved, *levels = exact(lp, place, step, own, levels[0], net, spilt)
            else:
                moved, *levels = relaxed(lp, place, step, own, levels)
            met = [(column, -1) for kind in own for column in kind]
            lp.row(-place["inflow"][step], bus[number][step] + moved + met + [(spilt, -1)])
        used = sum(map(sum, place["demand"]))
        parts, low = [(column, -factor) for terms, _ in levels for column, factor in terms], 0
        for cut, weight in zip(STEPS, COVER):
            width = max(min(used * cut // steps, capacity) - low, 0)
            parts.append((lp.column(0, width, {COVER_GOAL: -weight}), 1))
            offsets[COVER_GOAL] += weight * width
            low += width
        lp.row(0, parts + [(lp.column(0, capacity - low), 1)])
    return lp, offsets


def highs(steps, places, wires, whole, seconds):
    """What HiGHS reaches by each goal, what it proves, and how long it takes; it ends with the first goal that it does not solve."""
    lp, offsets = build(steps, places, wires, whole)
    model, form = highspy.Highs(), highspy.HighsLp()
    model.setOptionValue("output_flag", False)
    model.setOptionValue("threads", 1)
    if whole:
        model.setOptionValue("time_limit", seconds)
    form.num_col_, form.num_row_ = len(lp.upper), len(lp.rows)
    form.col_cost_ = numpy.zeros(len(lp.upper))
    scale = numpy.full(len(lp.upper), THOUSAND)
    scale[lp.whole] = 1.0
    form.col_lower_, form.col_upper_ = numpy.array(lp.lower) / scale, numpy.array(lp.upper) / scale
    form.row_lower_, form.row_upper_ = (numpy.array([row[side] for row in lp.rows]) / THOUSAND for side in (0, 1))
    start, index, value = [0], [], []
    for _, _, terms in lp.rows:
        index += [term[0] for term in terms]
        value += [float(term[1]) * scale[term[0]] / THOUSAND for term in terms]
        start.append(len(index))
    form.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    form.a_matrix_.start_, form.a_matrix_.index_, form.a_matrix_.value_ = map(numpy.array, (start, index, value))
    if lp.whole:
        kinds = [highspy.HighsVarType.kContinuous] * len(lp.upper)
        for column in lp.whole:
            kinds[column] = highspy.HighsVarType.kInteger
        form.integrality_ = kinds
    model.passModel(form)
    columns = numpy.arange(len(lp.upper), dtype=numpy.int32)
    values, begin = [], time.process_time()
    for goal in range(7):
        costs = numpy.array([column.get(goal, 0.0) for column in lp.costs], float)
        model.changeColsCost(len(columns), columns, costs)
        model.run()
        status, info = model.getModelStatus(), model.getInfo()
        reached, proven = info.objective_function_value, info.mip_dual_bound if lp.whole else None
        if status != highspy.HighsModelStatus.kOptimal:
            # It gives up where its tolerances or its time do not suffice: this goal and those after it stay open.
            if lp.whole and abs(reached) < 1e20:
                values.append((reached * THOUSAND + offsets[goal], proven * THOUSAND + offsets[goal]))
            break
        values.append((reached * THOUSAND + offsets[goal],) * 2)
        used = numpy.nonzero(costs)[0].astype(numpy.int32)
        model.addRow(-highspy.kHighsInf, reached + 1e-7 * abs(reached) + 1e-4, len(used), used, costs[used])
    return values + [None] * (7 - len(values)), time.process_time() - begin


def shown(value, side):
    return "none" if value is None else f"{value[side]:.1f}"


def main(binary, places, steps):
    print("| places x steps | goal | koinon, whole units | its bound | HiGHS, relaxed | HiGHS, exact | it proves |")
    print("|---|---|---|---|---|---|---|")
    for count in steps or [24, 168]:
        told = subprocess.run([binary, str(places), str(count)], capture_output=True, text=True, check=True).stdout
        hours, grids, wires, goals, seconds, complete = parse(told.splitlines())
        values, used = highs(hours, grids, wires, False, None)
        # Either-or is too much for more than a few places and hours.
        exact_values, exact_used = highs(hours, grids, wires, True, 300.0) if places * count <= 24 else ([None] * 7, 0.0)
        for word, (value, bound), loose, tight in zip(GOALS, goals, values, exact_values):
            print(f"| {places} x {count} | {word} | {value} | {bound} | {shown(loose, 0)} | {shown(tight, 0)} | {shown(tight, 1)} |", flush=True)
        print(f"koinon {seconds:.3f} s, HiGHS relaxed {used:.2f} s, exact {exact_used:.2f} s", flush=True)
        assert complete == "true"


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), [int(word) for word in sys.argv[3:]])
