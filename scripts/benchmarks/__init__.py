# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""Benchmarks, on a private PostgreSQL server: each module here is one.

A benchmark is a function run(installation, figures), whose module's docstring tells
what it measures. Times are wall-clock.
"""
import contextlib
import statistics
import time


class Figures:
    "What was measured, a line a figure, held against the bars"

    def __init__(self):
        self.missed = 0

    def tell(self, name, value, unit, most=None, least=None):
        """Print a figure.

        :param most: the bar that it may not exceed.
        :param least: the bar that it has to reach.
        """
        bar = ''
        if most is not None or least is not None:
            limit = least if most is None else most
            kept = value >= limit if most is None else value <= limit
            self.missed += not kept
            sign = '≥' if most is None else '≤'
            bar = f'{sign} {limit:g} {unit}  {"ok" if kept else "MISSED"}'
        print(f'  {name:<48} {value:>10.3f} {unit:<6} {bar}', flush=True)

    @contextlib.contextmanager
    def timed(self, name, most=None):
        "Tell the seconds that the block takes"
        start = time.perf_counter()
        yield
        self.tell(name, time.perf_counter() - start, 's', most)

    def repeated(self, name, function, times=15, most=None):
        """Tell the median and the worst of the seconds of several calls.

        :param most: the bar of the worst.
        :returns: what the last call returned.
        """
        seconds = []
        for _ in range(times):
            start = time.perf_counter()
            result = function()
            seconds.append(time.perf_counter() - start)
        self.tell(f'{name}, median', statistics.median(seconds), 's')
        self.tell(f'{name}, worst', max(seconds), 's', most)
        return result
