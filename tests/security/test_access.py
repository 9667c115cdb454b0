# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""Every model, button, wizard and report, for every role, on the own unit's records and
on another's.

What is registered and not in the tables of rights.py fails the test: add a row, and
make a record of it for each unit in `world.fill`.
"""
import json

import pytest
from rights import (
    BUTTONS, MODELS, REPORTS, ROLES, SHARED, WIZARDS, column, missing, table)
from world import REFUSALS, fill, make_world

from trytond.exceptions import UserError
from trytond.model import ModelSQL
from trytond.model.exceptions import AccessError
from trytond.modules.supervision_training.exceptions import NotFound
from trytond.pool import Pool


@pytest.fixture(scope='module')
def world(installation, server, name, sandbox):
    return make_world(installation, f'{server}/{name}/training', name, sandbox)


def models(pool):
    return {
        name for name, model in pool.iterobject(type='model')
        if name.startswith('training.') and issubclass(model, ModelSQL)}


def buttons(pool):
    return {
        f'{name}.{button}' for name, model in pool.iterobject(type='model')
        if name.startswith('training.') for button in getattr(model, '_buttons', {})}


def test_everything_is_in_the_tables(world):
    def check(pool):
        names = {
            kind: {n for n, _ in pool.iterobject(type=kind) if 'training.' in n}
            for kind in ['wizard', 'report']}
        return [
            *missing(models(pool), MODELS, 'model'),
            *missing(buttons(pool), BUTTONS, 'button'),
            *missing(names['wizard'], WIZARDS, 'wizard'),
            *missing(names['report'], REPORTS, 'report')]
    assert world.look(check) == []


def test_there_is_something_that_could_leak(world):
    assert [
        f"{name}: make a record of each unit in {fill.__name__}()"
        for name in table(MODELS).keys() - SHARED
        if not (world.ids(name, 0) and world.ids(name, 1))] == []


def may_find(world, role, name, ids):
    "Return whether a role finds records, in whatever way"
    domain, ways = [('id', 'in', ids)], {}
    with world.acting(role) as call:
        for method, *args in [
                ('search', domain),
                ('search_count', domain),
                ('search_read', domain, 0, None, None, ['rec_name']),
                ('export_data', ids, ['rec_name'], False),
                ('export_data_domain', domain, ['rec_name'], 0, None, None, False)]:
            try:
                ways[method] = bool(call(f'model.{name}.{method}', *args))
            except REFUSALS:
                ways[method] = False
    assert len(set(ways.values())) == 1, (name, ways)
    return ways['search']


def values_of(world, name, id):
    "Return what makes another record like one"
    def values(pool):
        Model = pool.get(name)
        if callable(getattr(Model, 'table_query', None)):
            return {}
        names = [
            n for n, f in Model._fields.items()
            if f._sql_type and f._type != 'binary'
            and n not in {'id', 'create_uid', 'create_date', 'write_uid',
                'write_date'}]
        values, = Model.read([id], names)
        return {n: values[n] for n in names}
    return world.look(values)


def rights_on(world, role, name, ids, **refusals):
    "Return the letters of what a role may do with records"
    values = values_of(world, name, ids[0])
    change = {k: v for k, v in values.items() if k in {'name', 'sequence', 'amount'}}
    return ''.join(letter for letter, method, args in [
            ('r', 'read', [ids, ['rec_name']]),
            ('w', 'write', [ids[:1], change]),
            ('c', 'create', [[values]]),
            ('d', 'delete', [ids[:1]]),
            ] if world.may(role, f'model.{name}.{method}', *args, **refusals))


def any_ids(world, name):
    return world.look(lambda pool: [r.id for r in pool.get(name).search([], limit=2)])


@pytest.mark.parametrize('role', ROLES)
def test_models(world, role):
    found = {}
    for name, expected in column(MODELS, role).items():
        shared = name in SHARED
        ids = any_ids(world, name) if shared else world.ids(name, 0)
        found[name] = rights_on(world, role, name, ids) or '-'
        assert may_find(world, role, name, ids) == ('r' in expected), name
        if not shared:
            others = world.ids(name, 1)
            assert not rights_on(
                world, role, name, others, refusals=(UserError, *REFUSALS)), name
            assert not may_find(world, role, name, others), name
    assert found == column(MODELS, role)


@pytest.mark.parametrize('role', ROLES)
def test_nothing_of_another_unit_shows(world, role):
    "Neither in the fields of what may be seen nor by what a search finds"
    registrations = world.ids('training.registration', 1)
    secret = world.look(lambda pool: {
            word for r in pool.get('training.registration').browse(registrations)
            for word in [r.number, r.session.name]})
    for name, rights in column(MODELS, role).items():
        if 'r' not in rights:
            continue
        call = f'model.{name}.'
        with world.acting(role) as act:
            names = act(call + 'fields_get')
            access = Pool().get('ir.model.field.access').get_access([name])[name]
            names = {
                n: f for n, f in names.items() if access.get(n, {}).get('read', True)}
        ways = [[n for n, f in names.items() if f['type'] != 'binary'], *(
                [f'{n}.rec_name'] for n, f in names.items()
                if f['type'] == 'many2one')]
        shown = json.dumps([
                world(role, call + 'search_read', [], 0, None, None, way)
                for way in ways
                if world.may(role, call + 'search_read', [], 0, None, None, way)],
            ensure_ascii=False, default=str)
        assert shown.count('{'), name
        assert [w for w in secret if w in shown] == [], name
        for path in ['registrations.session.name', 'companies.rec_name']:
            assert 'trainee' not in names or not world.may(
                role, call + 'search_count', [(f'trainee.{path}', 'ilike', '%')]), (
                name, path)


@pytest.mark.parametrize('role', ROLES)
def test_buttons(world, role):
    def granted(pool):
        Button = pool.get('ir.model.button')
        groups = {g.id for g in pool.get('res.user')(world.users[role]).groups}
        while more := {
                g.parent.id for g in pool.get('res.group').browse(groups)
                if g.parent} - groups:
            groups |= more
        allowed = {
            name: set(Button.get_groups(*name.rsplit('.', 1)))
            for name in table(BUTTONS)}
        return {
            name: 'x' if not needed or groups & needed else '-'
            for name, needed in allowed.items()}
    found = world.look(granted)
    assert found == column(BUTTONS, role)
    for name, right in found.items():
        call, model = f'model.{name}', name.rsplit('.', 1)[0]
        assert not world.may(role, call, world.ids(model, 1)[:1]), name
        assert right == 'x' or not world.may(role, call, world.ids(model, 0)[:1]), name


def model_of(world, name):
    "Return the name of the model that a wizard is about, None if it needs none"
    return world.look(lambda pool: next(
            iter(pool.get('ir.action.wizard').get_models(name)), None))


def start(world, role, name, unit, **context):
    "Return whether a role gets into any state of a wizard with a unit's records"
    if model := model_of(world, name):
        ids = world.ids(model, unit)
        context |= {'active_model': model, 'active_id': ids[0], 'active_ids': ids}
    with world.acting(role, **context) as call:
        try:
            session, _, _ = call(f'wizard.{name}.create')
        except AccessError:
            return False
        for state in Pool().get(name, type='wizard').states:
            try:
                call(f'wizard.{name}.execute', session, {}, state)
            except AccessError:
                continue
            except (UserError, AttributeError, KeyError, TypeError):
                pass
            return True


@pytest.mark.parametrize('role', ROLES)
def test_wizards(world, role):
    found = {
        name: 'x' if start(world, role, name, 0) else '-' for name in table(WIZARDS)}
    assert found == column(WIZARDS, role)
    for name, right in found.items():
        if model_of(world, name):
            assert not start(world, role, name, 1), name
        # What the client says of the action opens no door.
        if right == '-':
            assert not start(world, role, name, 0, action_id=1), name


@pytest.mark.parametrize('role', ROLES)
def test_reports(world, role):
    def allowed(name):
        model, action = world.look(lambda pool: next(
                (a.model, a.id) for a in pool.get('ir.action.report').search(
                    [('report_name', '=', name)])))
        for data in [{'action_id': action}, {
                    'action_id': action, 'model': 'training.subject'}]:
            assert not model or not world.may(
                role, f'report.{name}.execute', world.ids(model, 1), data), name
        ids = world.ids(model, 0) if model else []
        with world.acting(role):
            pool = Pool()
            try:
                pool.get(name, type='report').check_access(
                    pool.get('ir.action.report')(action), model, ids)
            except AccessError:
                return '-'
            return 'x'
    assert {name: allowed(name) for name in table(REPORTS)} == column(REPORTS, role)


@pytest.mark.parametrize('model, value', [
        ('ir.attachment', {'name': 'x'}), ('ir.note', {'message': 'x'})])
def test_what_hangs_on_a_record(world, model, value):
    "An attachment or a note is as secret as what it belongs to"
    name = 'training.registration'
    values = [
        {'resource': f'{name},{world.ids(name, unit)[0]}', **value}
        for unit in [0, 1]]
    own, other = world.look(lambda pool: [
            r.id for r in pool.get(model).create(values)])
    call = f'model.{model}.'
    assert world('auditor', call + 'search', [('id', 'in', [own, other])]) == [own]
    for role in ROLES:
        for method, *args in [
                ('read', [other], ['rec_name']),
                ('export_data', [other], ['rec_name'], False),
                ('write', [other], value),
                ('create', values[1:]),
                ('delete', [other])]:
            assert not world.may(role, call + method, *args), (role, method)


def test_what_the_client_says_of_its_rights(world):
    "A context from the client does not move a user into another unit"
    other = world.companies[1]
    for context in [
            {'company': other}, {'companies': [other]}, {'_companies': [other]},
            {'company': other, 'companies': [other], 'company_filter': 'all'},
            {'_check_access': False}, {'user': 1}, {'_user': 0}]:
        count = world(
            'auditor', 'model.training.registration.search_count',
            [('company', '=', other)], **context)
        assert (context, count) == (context, 0)
        assert not world.may(
            'auditor', 'model.training.registration.read',
            world.ids('training.registration', 1), ['number'], **context)
        forget(world)


def forget(world):
    # trytond keeps the companies of a user as the first context gave them.
    world.look(lambda pool: pool.get('res.user')._get_companies_cache.clear())


def test_check_in_finds_nobody_of_another_unit(world):
    number = world.look(lambda pool: pool.get('training.registration').search([
                ('company', '=', world.companies[1]), ('state', '=', 'paid'),
                ])[0].number)
    with world.acting('clerk') as call:
        session, _, _ = call('wizard.training.check_in.create')
        with pytest.raises(NotFound):
            call(
                'wizard.training.check_in.execute', session,
                {'start': {'code': number}}, 'check_in')
