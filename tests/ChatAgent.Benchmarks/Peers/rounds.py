"""Rounds on demand: reads a line with a number of runs, answers with their seconds on one line, until the input ends."""
import sys
import time


def serve(run, warm_up=2):
    for _ in range(warm_up):
        run()
    print("ready", flush=True)
    for line in sys.stdin:
        seconds = []
        for _ in range(int(line)):
            start = time.perf_counter()
            run()
            seconds.append(time.perf_counter() - start)
        print(" ".join(f"{s:.9f}" for s in seconds), flush=True)
