"""Runs HiGHS on network design files (.dow) in the strong arc formulation and prints one line for each file and limit.

usage: design.py LIMIT_SECONDS FILE...
Every line: FILE plan bound CPU-seconds, with the CPU second at which HiGHS first held a plan within 2 % of its last bound-proof plan.
"""

import sys
import time

import highspy
import numpy


def read(path):
    """Reads the counts, arcs (from, to, cost, capacity, fixed) and commodities (from, to, amount)."""
    with open(path, encoding="ascii") as text:
        rows = [[int(word) for word in line.split()] for line in text.read().splitlines()[1:] if line.strip()]
    nodes, arcs, commodities = rows[0]
    return nodes, [row[:5] for row in rows[1 : 1 + arcs]], rows[1 + arcs : 1 + arcs + commodities]


def solve(path, limit, linear):
    """Solves one file; returns plan, bound, CPU seconds and the trail of plans (CPU second, value)."""
    nodes, arcs, commodities = read(path)
    count, many = len(arcs), len(commodities)
    model = highspy.Highs()
    model.setOptionValue("output_flag", False)
    model.setOptionValue("threads", 1)
    model.setOptionValue("time_limit", float(limit))
    inf = highspy.kHighsInf
    # Columns: share of commodity k on arc a, then the opening of a.
    cost = [float(arc[2] * one[2]) for one in commodities for arc in arcs] + [0.0 if linear else float(arc[4]) for arc in arcs]
    columns = len(cost)
    lp = highspy.HighsLp()
    lp.num_col_ = columns
    lp.col_cost_ = numpy.array(cost)
    lp.col_lower_ = numpy.zeros(columns)
    lp.col_upper_ = numpy.ones(columns)
    low, high, start, index, value = [], [], [0], [], []

    def row(lower, upper, entries):
        low.append(lower)
        high.append(upper)
        for column, factor in entries:
            index.append(column)
            value.append(factor)
        start.append(len(index))

    for k, (source, sink, _) in enumerate(commodities):
        for node in range(1, nodes + 1):
            balance = float((node == source) - (node == sink))
            entries = [(k * count + a, 1.0) for a, arc in enumerate(arcs) if arc[0] == node]
            entries += [(k * count + a, -1.0) for a, arc in enumerate(arcs) if arc[1] == node]
            row(balance, balance, entries)
    for a, arc in enumerate(arcs):
        entries = [(k * count + a, float(one[2])) for k, one in enumerate(commodities)]
        row(-inf, 0.0, entries + [(many * count + a, -float(arc[3]))])
    if not linear:
        for k in range(many):
            for a in range(count):
                row(-inf, 0.0, [(k * count + a, 1.0), (many * count + a, -1.0)])
        lp.integrality_ = [highspy.HighsVarType.kContinuous] * (many * count) + [highspy.HighsVarType.kInteger] * count
    lp.num_row_ = len(low)
    lp.row_lower_ = numpy.array(low)
    lp.row_upper_ = numpy.array(high)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = numpy.array(start)
    lp.a_matrix_.index_ = numpy.array(index)
    lp.a_matrix_.value_ = numpy.array(value)
    model.passModel(lp)
    trail = []
    begin = time.process_time()

    def better(event):
        trail.append((time.process_time() - begin, event.data_out.objective_function_value))

    if not linear:
        model.cbMipImprovingSolution.subscribe(better)
    model.run()
    seconds = time.process_time() - begin
    info = model.getInfo()
    bound = info.objective_function_value if linear else info.mip_dual_bound
    return info.objective_function_value, bound, seconds, trail


if __name__ == "__main__":
    limit, files = sys.argv[1], sys.argv[2:]
    for path in files:
        name = path.rsplit("/", 1)[-1]
        for linear in (False, True):
            plan, bound, seconds, trail = solve(path, limit, linear)
            kind = "linear" if linear else "design"
            print(f"highs {name} {kind} {plan:.0f} {bound:.2f} {seconds:.3f}", flush=True)
            for at, value in trail:
                print(f"trail {name} {value:.0f} {at:.3f}", flush=True)
