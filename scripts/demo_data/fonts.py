# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""Chinese in a browser whose system has no font for it: that of the papers."""
from pathlib import Path

from cvttf_NotoSansCJK_Regular import get_TTF_path


def configuration(directory):
    """Return the path of a configuration of fontconfig, for FONTCONFIG_FILE.

    :param directory: where it is written.
    """
    path = Path(directory) / 'fonts.conf'
    path.write_text(f'''<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
    <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
    <dir>{Path(get_TTF_path()).parent}</dir>
</fontconfig>''', encoding='utf-8')
    return path
