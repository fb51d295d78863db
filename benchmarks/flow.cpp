// LEMON's network simplex on DIMACS files: prints `s FILE COST` and `t WHAT MICROSECONDS` of process time for one solve.
//   flow-lemon MILLISECONDS FILE...
// `reused` keeps graph and solver from file to file where the arcs lie alike, and sets bounds, costs and supplies; `fresh` has graphs without
// arcs of capacity 0, made before the clock starts, and a new solver for each.
#include <lemon/network_simplex.h>
#include <lemon/smart_graph.h>

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

using Graph = lemon::SmartDigraph;
using Simplex = lemon::NetworkSimplex<Graph, long long, long long>;

struct Problem {
    std::vector<long long> supply, lower, capacity, cost;
    std::vector<int> from, to;
};

static Problem read(const std::string &path) {
    Problem problem;
    std::ifstream file(path);
    std::string line, kind;
    while (std::getline(file, line)) {
        std::istringstream words(line);
        std::string first;
        words >> first;
        if (first == "p") {
            size_t nodes = 0;
            words >> kind >> nodes;
            problem.supply.assign(nodes, 0);
        } else if (first == "n") {
            size_t node = 0;
            words >> node;
            words >> problem.supply.at(node - 1);
        } else if (first == "a") {
            int from = 0, to = 0;
            long long lower = 0, capacity = 0, cost = 0;
            words >> from >> to >> lower >> capacity >> cost;
            problem.from.push_back(from - 1);
            problem.to.push_back(to - 1);
            problem.lower.push_back(lower);
            problem.capacity.push_back(capacity);
            problem.cost.push_back(cost);
        }
    }
    if (problem.supply.empty()) {
        std::fprintf(stderr, "%s: no problem\n", path.c_str());
        std::exit(1);
    }
    return problem;
}

static double microseconds() {
    timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return now.tv_sec * 1e6 + now.tv_nsec / 1e3;
}

// A graph and the numbers on it.
struct Laid {
    Graph graph;
    Graph::ArcMap<long long> lower{graph}, upper{graph}, cost{graph};
    Graph::NodeMap<long long> supply{graph};
    bool bounded_below = false;

    Laid(const Problem &problem, bool drop) {
        for (long long amount : problem.supply) {
            Graph::Node node = graph.addNode();
            supply[node] = amount;
        }
        for (size_t i = 0; i < problem.from.size(); ++i) {
            if (drop && problem.capacity[i] == 0) continue;
            set(graph.addArc(graph.nodeFromId(problem.from[i]), graph.nodeFromId(problem.to[i])), problem, i);
        }
    }

    void set(Graph::Arc arc, const Problem &problem, size_t i) {
        lower[arc] = problem.lower[i];
        upper[arc] = problem.capacity[i] < 0 ? std::numeric_limits<long long>::max() : problem.capacity[i];
        cost[arc] = problem.cost[i];
        bounded_below |= problem.lower[i] != 0;
    }

    long long solve(Simplex &simplex) const {
        if (bounded_below) simplex.lowerMap(lower);
        simplex.upperMap(upper).costMap(cost).supplyMap(supply);
        if (simplex.run() != Simplex::OPTIMAL) {
            std::fprintf(stderr, "LEMON finds no optimum\n");
            std::exit(1);
        }
        return simplex.totalCost<long long>();
    }
};

int main(int count, char **words) {
    if (count < 3) {
        std::fprintf(stderr, "usage: flow-lemon MILLISECONDS FILE...\n");
        return 2;
    }
    double least = 1000.0 * std::atof(words[1]);
    std::vector<std::string> files(words + 2, words + count);
    std::vector<std::unique_ptr<Laid>> whole, dropped;
    bool alike = true;
    Problem first = read(files[0]);
    for (const std::string &file : files) {
        Problem problem = read(file);
        alike &= problem.from == first.from && problem.to == first.to && problem.supply.size() == first.supply.size();
        whole.emplace_back(new Laid(problem, false));
        dropped.emplace_back(new Laid(problem, true));
    }
    std::vector<std::unique_ptr<Simplex>> kept;
    for (size_t i = 0; i < files.size(); ++i) {
        if (i == 0 || !alike) kept.emplace_back(new Simplex(whole[i]->graph));
    }
    auto reuse = [&](size_t i) -> long long {
        Simplex &simplex = *kept[alike ? 0 : i];
        simplex.resetParams();
        // Maps of another graph with the same ids serve: LEMON reads them by id.
        return whole[i]->solve(simplex);
    };
    auto renew = [&](size_t i) -> long long {
        Simplex simplex(dropped[i]->graph);
        return dropped[i]->solve(simplex);
    };
    std::vector<long long> costs;
    for (size_t i = 0; i < files.size(); ++i) {
        costs.push_back(reuse(i));
        if (renew(i) != costs[i]) {
            std::fprintf(stderr, "%s: another optimum without empty arcs\n", files[i].c_str());
            return 1;
        }
        std::printf("s %s %lld\n", files[i].c_str(), costs[i]);
    }
    auto measure = [&](const char *what, auto &&solve) {
        double begin = microseconds(), spent = 0;
        long passes = 0;
        do {
            for (size_t i = 0; i < files.size(); ++i) {
                if (solve(i) != costs[i]) std::exit(1);
            }
            ++passes;
            spent = microseconds() - begin;
        } while (spent < least);
        std::printf("t %s %.3f\n", what, spent / passes / files.size());
    };
    measure("reused", reuse);
    measure("fresh", renew);
}
