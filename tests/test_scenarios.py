# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
import doctest
from pathlib import Path

import pytest

HERE = Path(__file__).parent
OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE | doctest.REPORT_NDIFF


@pytest.mark.parametrize('path', sorted(HERE.glob('scenario_*.rst')), ids=str)
def test_scenario(path, phone, new_person, session, staff, sandbox):
    result = doctest.testfile(
        str(path), module_relative=False, encoding='utf-8', optionflags=OPTIONS,
        globs={
            'phone': phone, 'new_person': new_person, 'session': session,
            'staff': staff, 'sandbox': sandbox,
            })
    assert result.attempted
    assert not result.failed
