# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
import argparse
import importlib
import os
import pkgutil
import sys
import tempfile

import benchmarks

os.environ['TRYTOND_DATABASE_URI'] = 'postgresql://'

from demo_data.installation import Installation
from sandbox import Sandbox

NAMES = [m.name for m in pkgutil.iter_modules(benchmarks.__path__) if m.name[0] != '_']


def main():
    parser = argparse.ArgumentParser(
        prog='scripts/bench', description=benchmarks.__doc__)
    parser.add_argument(
        'names', nargs='*', choices=[[], *NAMES], metavar='NAME', default=NAMES,
        help=f"of a benchmark; all of them when none is named ({', '.join(NAMES)})")
    arguments = parser.parse_args()
    figures = benchmarks.Figures()
    with (tempfile.TemporaryDirectory() as directory, Sandbox(speed=2000) as sandbox,
            Installation(directory, sandbox, 'secret-word-1') as installation):
        print("· Making the database", flush=True)
        installation.make_template()
        for name in arguments.names:
            module = importlib.import_module(f'benchmarks.{name}')
            print(f'· {name}: {module.__doc__.splitlines()[0]}', flush=True)
            installation.copy(name)
            module.run(installation, figures)
    sys.exit(bool(figures.missed))


main()
