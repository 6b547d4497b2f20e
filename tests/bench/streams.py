"""Large results and large scripts against a real MariaDB server: CPU and memory as ratios.

The yardstick is bench_bare, a loop over libmariadb that fetches and writes nothing. Programs take
turns, so that a busy moment hits all of them; a figure is the mean of all runs. The kernel tells user
from system time by samples: what takes little time runs more often, until there are enough of them.
"""
import os
import subprocess
import sys
from collections import namedtuple

Took = namedtuple("Took", "user system memory wall")

MIXED = ("select seq, seq * 7 a, seq % 1000 b, concat('name_', seq) c, seq / 3 d, "
         "date_add('2020-01-01', interval seq % 1000 day) e from test.seq_1_to_2000000")
WIDE = ("select " + ", ".join(f"seq + {i} c{i}" for i in range(60)) +
        " from test.seq_1_to_500000")
TEXT = ("select seq, concat(repeat('lorem ipsum dolor sit amet ', 10), seq) t, "
        "repeat('\u4e2d\u6587\u5b57\u7b26', 8) z, "
        "if(seq % 10 = 0, 'tab\\tline\\n\"quote\"', 'plain, comma') w from test.seq_1_to_1000000")

# set, options, limit as a factor of (bare loop | the classic client with the same format)
STREAMS = [
    ("2,000,000 x 6", MIXED, [
        ("-B -N", "bare", 1.6), ("--format=csv", "bare", 2.5), ("--format=jsonl", "bare", 2.5),
        ("-t", "-t", 0.25)]),
    ("500,000 x 60", WIDE, [
        ("-B -N", "bare", 1.6), ("--format=csv", "bare", 2.5), ("--format=jsonl", "bare", 2.5),
        ("-t", "-t", 0.25)]),
    ("1,000,000 x 4, text", TEXT, [
        ("-B -N", "bare", 1.6), ("--format=csv", "bare", 2.5), ("--format=jsonl", "bare", 2.5),
        ("-t", "-t", 0.25)]),
]
ROUND_SECONDS = 1.0  # of CPU, for each program in each round
GRID_MEMORY_KIB = 16 * 1024
SCRIPT_FACTOR = 1 / 3


class Bench:
    """Where the programs are, and the server they talk to."""

    def __init__(self, build, server, rounds):
        self.measure = os.path.join(build, "tests", "bench_measure")
        self.bare = os.path.join(build, "tests", "bench_bare")
        self.belay = os.path.join(build, "belay")
        self.server, self.rounds = server, rounds
        self.result = os.path.join(server.tmp, "took")
        self.broken = 0

    def where(self):
        return ["--no-defaults", "-h", "127.0.0.1", "-P", str(self.server.port), "-uroot"]

    def run(self, argv, stdin=None):
        """What one run took; its output goes through a pipe, as it mostly does."""
        environment = {"HOME": self.server.home, "PATH": "/usr/bin:/bin", "TERM": "dumb",
                       "LANG": "C.UTF-8", "TMPDIR": self.server.tmp}
        with subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as reader:
            done = subprocess.run([self.measure, self.result, *argv], stdin=stdin or
                                  subprocess.DEVNULL, stdout=reader.stdin, env=environment,
                                  check=False)
            reader.stdin.close()
        with open(self.result, encoding="ascii") as file:
            user, system, memory, wall, status = map(int, file.read().split())
        if done.returncode != 0 or status != 0:
            sys.exit("failed: " + " ".join(argv)[:200])
        return Took(user / 1e6, system / 1e6, memory, wall / 1e6)

    def rounds_of(self, programs):
        """name → mean times and the most memory of its rounds; the programs take turns."""
        runs = {name: [] for name in programs}
        for turn in range(self.rounds):
            for name, argv in programs.items():
                while sum(t.user + t.system for t in runs[name]) < (turn + 1) * ROUND_SECONDS or \
                        len(runs[name]) <= turn:
                    runs[name].append(self.run(argv))
        return {name: Took(*(sum(column) / len(column) for column in zip(*took)))
                ._replace(memory=max(t.memory for t in took)) for name, took in runs.items()}

    def verdict(self, factor, limit):
        self.broken += factor > limit
        return f"(limit {limit:.2f}) {'ok' if factor <= limit else 'TOO MUCH'}"

    def streams(self, name, sql, wanted):
        classic = ["mariadb", *self.where(), "--default-character-set=utf8mb4"]
        programs = {"bare": [self.bare, "127.0.0.1", str(self.server.port), "", "root", sql],
                    "mariadb -B -N -q": [*classic, "-B", "-N", "-q", "-e", sql],
                    "mariadb -t": [*classic, "-t", "-e", sql]}
        for options, _, _ in wanted:
            programs["belay " + options] = [self.belay, *self.where(), *options.split(), "-e", sql]
        took = self.rounds_of(programs)
        print(f"\n{name:<22} user CPU  system   memory   against")
        for program, figures in took.items():
            print(f"  {program:<20}{figures.user:7.3f} s {figures.system:7.3f} s "
                  f"{figures.memory / 1024:6.1f} M", end="")
            if not program.startswith("belay "):
                print(f"   bare {figures.user / took['bare'].user:6.2f}")
                continue
            options, against, limit = next(w for w in wanted if "belay " + w[0] == program)
            other = took["bare" if against == "bare" else "mariadb " + against]
            factor = figures.user / other.user
            print(f"   {against} {factor:5.2f} {self.verdict(factor, limit)}")
        self.check_others(took)

    def check_others(self, took):
        """System time of -B -N, memory of the grid."""
        system = took["belay -B -N"].system / took["mariadb -B -N -q"].system
        print(f"  system time of -B -N against mariadb's {system:.2f} {self.verdict(system, 1.0)}")
        memory = took["belay -t"].memory / GRID_MEMORY_KIB
        print(f"  memory of -t against 16 MiB {memory:.2f} {self.verdict(memory, 1.0)}")

    def same_grid(self, sql):
        """The grid must be the classic client's to the byte."""
        sums = []
        for argv in ([self.belay, *self.where()],
                     ["mariadb", *self.where(), "--default-character-set=utf8mb4"]):
            with subprocess.Popen([*argv, "-t", "-e", sql], stdout=subprocess.PIPE,
                                  env={"HOME": self.server.home, "PATH": "/usr/bin:/bin",
                                       "LANG": "C.UTF-8", "TMPDIR": self.server.tmp}) as client:
                sums.append(subprocess.run(["sha256sum"], stdin=client.stdout, check=True,
                                           capture_output=True).stdout)
        if sums[0] != sums[1]:
            self.broken += 1
        print(f"  -t prints what mariadb -t prints: {'yes' if sums[0] == sums[1] else 'NO'}")

    def script(self, megabytes):
        """Reading and splitting a script of long statements with much to look at in them."""
        path = os.path.join(self.server.tmp, "script.sql")
        write_script(path, megabytes)
        took = {}
        for program, argv in (("belay", [self.belay, *self.where()]),
                              ("mariadb", ["mariadb", *self.where()])):
            with open(path, "rb") as file:
                took[program] = self.run(argv, file)
        os.remove(path)
        print(f"\nscript of {megabytes} MB")
        for program, figures in took.items():
            print(f"  {program:<20}{figures.user:7.3f} s {figures.system:7.3f} s "
                  f"{figures.memory / 1024:6.1f} M")
        factor = took["belay"].user / took["mariadb"].user
        print(f"  user CPU against mariadb's {factor:.2f} {self.verdict(factor, SCRIPT_FACTOR)}")


def write_script(path, megabytes):
    line = ("('alpha beta gamma', \"it''s\", 'a\\'b', `c d`, 12345.678, 'lorem ipsum dolor sit amet, "
            "consectetur adipiscing elit'),\n").replace("\\", "\\\\").replace("'", "''")
    statement = "do length('" + line * (200000 // len(line)) + "') -- some words\n;\n"
    with open(path, "w", encoding="ascii") as file:
        for _ in range(megabytes * 1000000 // len(statement) + 1):
            file.write(statement)


def run(build, server, rounds, megabytes):
    """Prints the tables; the number of figures beyond their limit."""
    bench = Bench(build, server, rounds)
    for name, sql, wanted in STREAMS:
        bench.streams(name, sql, wanted)
        bench.same_grid(sql)
    bench.script(megabytes)
    return bench.broken
