# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""Staff and trainees read Chinese: no string of the module is left in English."""
import re

import pytest
from demo_data.database import LANGUAGE
from lxml import etree

from trytond.model import ModelView
from trytond.pool import Pool
from trytond.transaction import Transaction
from trytond.wizard import StateView

# Names of things that have no other: formats, what WeChat calls its numbers.
LATIN = {
    'A4', 'AppID', 'CSV', 'Excel', 'HEIC', 'ID', 'JPEG', 'JPG', 'JSON', 'MB', 'OFD',
    'PDF', 'PNG', 'RPC', 'SHA', 'SVG', 'WeChat', 'Word', 'XML', 'openid',
    'out_refund_no', 'out_trade_no', 'thing', 'time', 'xlsx', 'zip'}
TRANSLATED = {'field', 'help', 'model', 'report', 'selection', 'view', 'wizard_button'}
OWN = {
    'id', 'create_date', 'create_uid', 'last_modified_at', 'last_modified_by',
    'rec_blurb', 'rec_name', 'write_date', 'write_uid', 'xml_id'}
WORD = re.compile(r'(?<![A-Za-z])[A-Za-z][A-Za-z_]+')
SHOWN = {'string', 'help', 'confirm', 'sum'}


@pytest.fixture
def pool(name):
    with Transaction().start(name, 1, context={
                'language': LANGUAGE, 'active_test': False}) as transaction:
        yield Pool()
        transaction.rollback()


def english(text):
    "Return the words of a text that are not Chinese, without what gets replaced"
    text = re.sub(r'%\(\w+\)s|\{\w*\}|\$\{[^}]*\}', '', text or '')
    return [w for w in WORD.findall(text) if w not in LATIN]


def ours(pool, *types):
    for kind in types:
        for name, obj in pool.iterobject(type=kind):
            if name.startswith('training.'):
                yield name, obj


def test_every_string_has_a_translation(pool):
    Set = pool.get('ir.translation.set', type='wizard')
    Translation = pool.get('ir.translation')
    session, _, _ = Set.create()
    Set(session).transition_set_()
    domain = [('module', '=', 'supervision_training'), ('overriding_module', '=', None)]
    done = {
        (t.name, t.res_id, t.src): t.value
        for t in Translation.search([('lang', '=', LANGUAGE), *domain])
        if t.value and not t.fuzzy}
    sources = Translation.search([('lang', '=', 'en'), *domain])
    assert TRANSLATED <= {t.type for t in sources}
    assert sorted({
            f'{t.name} {t.src!r}: run scripts/translate and fill in the .po'
            for t in sources if (t.name, t.res_id, t.src) not in done}) == []


def test_fields_and_selections(pool):
    found = {}
    for name, model in ours(pool, 'model'):
        if words := english(pool.get('ir.model').get_name(name)):
            found[name] = words
        for field, definition in model.fields_get().items():
            if field in OWN:
                continue  # trytond's
            selection = definition.get('selection', [])
            if isinstance(selection, str):
                selection = []  # what a method makes is tested where it is shown
            texts = [definition['string'], definition.get('help')] + [
                text for _, text in selection]
            found |= {
                (name, field, text): words
                for text in texts if (words := english(text))}
    assert found == {}


def test_views_buttons_and_wizards(pool):
    View = pool.get('ir.ui.view')
    found = {}
    views = View.search([('module', '=', 'supervision_training')])
    assert len(views) > 50
    for view in views:
        model = view.model and pool.get(view.model)
        if not model or view.inherit or not issubclass(model, ModelView):
            continue
        arch = model.fields_view_get(view.id)['arch']
        for element in etree.fromstring(arch).iter():
            for attribute in SHOWN:
                if words := english(element.get(attribute)):
                    found[view.name, element.tag, attribute] = words
    for name, wizard in ours(pool, 'wizard'):
        for state_name, state in wizard.states.items():
            if isinstance(state, StateView):
                for button in state.get_buttons(wizard, state_name):
                    if words := english(button['string']):
                        found[name, button['state']] = words
    assert found == {}


@pytest.mark.parametrize('model, field', [
        ('ir.message', 'text'),
        ('ir.ui.menu', 'name'),
        ('ir.action.act_window', 'name'),
        ('ir.action.report', 'name'),
        ('ir.action.wizard', 'name'),
        ('ir.action.act_window.domain', 'name'),
        ('ir.model.button', 'string'),
        ('ir.model.button', 'help'),
        ('ir.model.button', 'confirm'),
        ('ir.rule.group', 'name'),
        ('ir.sequence.type', 'name'),
        ('res.group', 'name'),
        ])
def test_records(pool, model, field):
    data = pool.get('ir.model.data').search([
            ('module', '=', 'supervision_training'), ('model', '=', model)])
    records = pool.get(model).browse([d.db_id for d in data])
    found = {
        (r.id, getattr(r, field)): words for r in records
        if (words := english(getattr(r, field)))}
    assert records and found == {}
