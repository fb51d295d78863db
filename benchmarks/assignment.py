"""Runs koinon, HiGHS and CP-SAT on the same assignment files and prints a table; called by `benchmarks/assignment`.

Each solver's plan is judged here: every job once, no agent overloaded, costs added up from the file. Seconds are CPU seconds. The last
column says when a peer first held a plan as good as the best of ours, if it did.
"""

import csv
import pathlib
import resource
import subprocess
import sys
import time


def read(path):
    """Costs and loads by agent and job, and capacities."""
    numbers = [int(word) for word in path.read_text().split()]
    agents, jobs = numbers[:2]
    rows = [numbers[2 + row * jobs : 2 + (row + 1) * jobs] for row in range(2 * agents)]
    return rows[:agents], rows[agents:], numbers[2 + 2 * agents * jobs :]


def judge(problem, chosen):
    """Cost of a plan (an agent for each job, from 0), or a loud end."""
    costs, loads, capacities = problem
    assert len(chosen) == len(costs[0]), "a job is missing"
    used = [0] * len(capacities)
    for job, agent in enumerate(chosen):
        used[agent] += loads[agent][job]
    assert all(load <= capacity for load, capacity in zip(used, capacities)), "overloaded"
    return sum(costs[agent][job] for job, agent in enumerate(chosen))


def koinon(binary, path, problem, seed):
    """Cost, bound and CPU seconds of the process, after two equal runs."""
    command = [binary, path, "24000000", str(seed)]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    again = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    assert lines[:-1] == again[:-1], "two runs differ"
    chosen = [int(line.split()[2]) - 1 for line in lines if line.startswith("a ")]
    bound = next(int(line.split()[1]) for line in lines if line.startswith("b "))
    return judge(problem, chosen), bound, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def highs(problem, seconds):
    import highspy
    import numpy

    costs, loads, capacities = problem
    agents, jobs = len(costs), len(costs[0])
    model, lp = highspy.Highs(), highspy.HighsLp()
    model.setOptionValue("output_flag", False)
    model.setOptionValue("threads", 1)
    model.setOptionValue("time_limit", float(seconds))
    columns = agents * jobs
    lp.num_col_, lp.num_row_ = columns, jobs + agents
    lp.col_cost_ = numpy.array([float(cost) for row in costs for cost in row])
    lp.col_lower_, lp.col_upper_ = numpy.zeros(columns), numpy.ones(columns)
    lp.row_lower_ = numpy.array([1.0] * jobs + [-highspy.kHighsInf] * agents)
    lp.row_upper_ = numpy.array([1.0] * jobs + [float(capacity) for capacity in capacities])
    lp.integrality_ = [highspy.HighsVarType.kInteger] * columns
    start, index, value = [0], [], []
    for agent in range(agents):
        for job in range(jobs):
            index += [job, jobs + agent]
            value += [1.0, float(loads[agent][job])]
            start.append(len(index))
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = map(numpy.array, (start, index, value))
    model.passModel(lp)
    trail, begin = [], time.process_time()
    model.cbMipImprovingSolution.subscribe(
        lambda event: trail.append((time.process_time() - begin, round(event.data_out.objective_function_value)))
    )
    model.run()
    used = time.process_time() - begin
    values = model.getSolution().col_value
    chosen = [max(range(agents), key=lambda agent: values[agent * jobs + job]) for job in range(jobs)]
    return judge(problem, chosen), model.getInfo().mip_dual_bound, used, trail


def cp_sat(problem, seconds):
    from ortools.sat.python import cp_model

    costs, loads, capacities = problem
    agents, jobs = range(len(costs)), range(len(costs[0]))
    model = cp_model.CpModel()
    takes = [[model.new_bool_var("") for _ in jobs] for _ in agents]
    for job in jobs:
        model.add_exactly_one(takes[agent][job] for agent in agents)
    for agent in agents:
        model.add(sum(loads[agent][job] * takes[agent][job] for job in jobs) <= capacities[agent])
    model.minimize(sum(costs[agent][job] * takes[agent][job] for agent in agents for job in jobs))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.max_time_in_seconds = seconds
    trail, begin = [], time.process_time()

    class Better(cp_model.CpSolverSolutionCallback):
        def on_solution_callback(self):
            trail.append((time.process_time() - begin, round(self.objective_value)))

    status = solver.solve(model, Better())
    used = time.process_time() - begin
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None, solver.best_objective_bound, used, trail
    chosen = [next(agent for agent in agents if solver.value(takes[agent][job])) for job in jobs]
    return judge(problem, chosen), solver.best_objective_bound, used, trail


def main(binary, folder, seconds, seeds):
    folder = pathlib.Path(folder)
    table = folder.parent / "known_values.csv"
    known = {}
    if table.exists():
        known = {pathlib.Path(row["file"]).name: int(row["known_value"]) for row in csv.DictReader(table.open()) if row["file"].startswith("assignment/")}
    print("| file | solver | cost | above the known optimum | bound | CPU s | as good as ours at |")
    print("|---|---|---|---|---|---|---|")

    def show(name, solver, cost, bound, used, at):
        above = f"{100 * (cost / known[name] - 1):.3f} %" if cost and name in known else "-"
        print(f"| {name} | {solver} | {cost or 'none'} | {above} | {bound:.1f} | {used:.2f} | {at} |", flush=True)

    for path in sorted(path for path in folder.iterdir() if path.is_file()):
        problem = read(path)
        best = None
        for seed in range(1, seeds + 1):
            cost, bound, used = koinon(binary, path, problem, seed)
            best = min(cost, best or cost)
            show(path.name, f"koinon, seed {seed}", cost, bound, used, "")
        for solver, run in (("HiGHS", highs), ("CP-SAT", cp_sat)):
            cost, bound, used, trail = run(problem, seconds)
            reached = next((f"{at:.2f} s" for at, value in trail if value <= best), "never")
            show(path.name, solver, cost, bound, used, reached)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]), int(sys.argv[4]))
