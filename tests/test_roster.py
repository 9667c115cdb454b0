# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""Rosters: the columns of a layout in its order, text inert, numbers on the record."""
import io

import pytest
from acting import Trainee, masked
from openpyxl import load_workbook
from proteus import Model, Report, Wizard
from python_calamine import CalamineWorkbook

from trytond.model.exceptions import AccessError

ALL = {
    'sessions': [], 'regions': [], 'labels': [], 'text': None, 'layout': None,
    'order': 'number'}
FORMULA = '=HYPERLINK("http://x","y")'


_people = {}


@pytest.fixture
def people(phone, new_person, session):
    "Three who registered with the first unit and one with the second, for all tests"
    if not _people:
        sessions = [
            session(unit, name=f'2026年第{unit + 5}期', regions=[region])
            for unit, region in enumerate(['上海', '湖北'])]
        for employer, unit in [
                ('中路监理', 0), ('安达监理', 0), (FORMULA, 0), ('华中监理', 1)]:
            person = new_person()
            client = phone(person)
            made = Trainee(
                client, client.register(person, sessions[unit], employer=employer))
            made.person, made.session = person, sessions[unit]
            _people[employer] = made
    return list(_people.values())


@pytest.fixture
def layout(staff):
    "A function that saves a layout of the first unit and returns its id"
    def layout(*names, user='manager1', **values):
        with staff(user):
            layout = Model.get('training.roster.layout')(name='测试', **values)
            for name in names:
                layout.columns.new().name = name
            layout.save()
            return layout.id
    return layout


@pytest.fixture
def roster(staff):
    "A function that exports a roster as a user and returns the workbook"
    def roster(user, ids=(), **data):
        with staff(user):
            kind, content, _, name = Report('training.roster').execute(
                [Model.get('training.registration')(i) for i in ids], {**ALL, **data})
            assert kind == 'xlsx'
            return content
    return roster


def read(content):
    "Return the mark and the rows, the same for two readers"
    book = load_workbook(io.BytesIO(content))
    page, = book.worksheets
    rows = [list(row) for row in page.iter_rows(values_only=True)]
    other, = CalamineWorkbook.from_filelike(io.BytesIO(content)).sheet_names
    values = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name(
        other).to_python()
    assert [[v or None for v in r] for r in values] == [
        [v or None for v in r] for r in rows]
    return rows[0][0], rows[1:]


def column(content, title):
    _, (titles, *rows) = read(content)
    return [row[titles.index(title)] for row in rows]


def test_a_layout_decides_columns_and_order(people, layout, roster):
    some = [people[2], people[1], people[0]]
    id = layout('employer', 'name', 'mobile', 'subjects', 'amount', order='employer')
    mark, (titles, *rows) = read(roster(
            'auditor1', sessions=[some[0].session], layout=id, order='employer'))
    assert titles == ['序号', '报名单位', '姓名', '手机号', '报考科目', '金额']
    assert rows == [
        [n, e, one.person.name, one.person.mobile,
            '监理理论基础知识、工程质量与安全监理', 1200]
        for n, (e, one) in enumerate(zip(
                [FORMULA, '安达监理', '中路监理'], some, strict=True), 1)]
    assert mark.startswith('2026年第5期　共 3 条　审计1 于 20')


def test_names_in_the_order_of_their_pinyin(name):
    from trytond.modules.supervision_training.roster import by_name
    names = ['张伟', '曾鑫', '安琪', '单雄', '阿依古丽', '李婷', '李鑫', '李安', '𠮷野']
    assert sorted(names, key=by_name) == [
        '阿依古丽', '安琪', '李安', '李婷', '李鑫', '单雄', '曾鑫', '张伟', '𠮷野']


def test_text_stays_text(people, layout, roster):
    one = people[2]
    content = roster('clerk1', [one.id], layout=layout('employer', 'mobile'))
    page, = load_workbook(io.BytesIO(content)).worksheets
    employer, mobile = page['B3'], page['C3']
    assert (employer.value, employer.data_type) == (FORMULA, 's')
    assert (mobile.value, mobile.number_format) == (one.person.mobile, '@')


def test_full_numbers_for_those_allowed_and_on_the_record(
        people, layout, roster, staff):
    some = people[:3]
    id = layout('name', 'id_number')
    numbers = sorted(r.person.id_number for r in some)

    def notes():
        with staff('auditor1'):
            return [
                (n.user.login, n.name, n.people)
                for n in Model.get('training.disclosure').find(
                    [('kind', '=', 'roster')])]
    before = notes()
    data = {'sessions': [some[0].session], 'layout': id}
    for user in ['clerk1', 'cashier1', 'auditor1']:
        content = roster(user, **data)
        assert sorted(column(content, '身份证号码')) == sorted(map(masked, numbers))
        assert '完整' not in read(content)[0]
    assert notes() == before
    for user, user_name in [('reviewer1', '审核员1'), ('manager1', '管理员1')]:
        content = roster(user, **data)
        assert sorted(column(content, '身份证号码（完整）')) == numbers
        mark, _ = read(content)
        assert f'{user_name} 于 ' in mark
        assert '含完整身份证号码' in mark
        book = load_workbook(io.BytesIO(content))
        assert book.properties.description == mark
        assert mark in book.active.oddFooter.left.text
        assert notes()[0] == (user, '2026年第5期', 3)
    assert len(notes()) == len(before) + 2


def test_never_another_units(people, layout, roster):
    mine, other = people[0], people[3]
    everything = column(roster('manager1', order='name'), '报名编号')
    assert mine.see()['number'] in everything
    assert other.see()['number'] not in everything
    assert column(roster('manager2'), '报名编号') == [other.see()['number']]
    with pytest.raises(AccessError):
        roster('manager2', [mine.id])
    assert column(roster('manager2', layout=layout('name')), '姓名') == [
        other.person.name]
    assert column(roster('manager2', sessions=[mine.session]), '报名编号') == []


def test_the_wizard(people, layout, staff):
    some = people[:3]
    id = layout('name', order='number')
    with staff('reviewer1'):
        Registration = Model.get('training.registration')
        wizard = Wizard('training.roster.export', [
                Registration(r.id) for r in some[:2]])
        Layout = Model.get('training.roster.layout')
        assert wizard.form.layout == Layout.find([], limit=1)[0]
        wizard.form.layout = Layout(id)
        assert wizard.form.order == 'number'
        assert wizard.form.only_chosen
        wizard.execute('export')
        (_, content, _, title), = wizard.actions
        assert title == '名单-2026年第5期'
        assert column(content, '姓名') == [r.person.name for r in some[:2]]
        session = Model.get('training.session')(some[0].session)
        wizard = Wizard('training.roster.export', [session])
        assert wizard.form.labels == ['paid', 'refund_refused', 'completed']
        wizard.form.labels = ['reviewing']
        wizard.form.text = some[2].person.mobile
        wizard.form.layout = None
        wizard.execute('export')
        (_, content, _, _), = wizard.actions
        assert column(content, '报名编号') == [some[2].see()['number']]
        assert column(content, '身份证号码') == [masked(some[2].person.id_number)]


@pytest.mark.parametrize('user', ['clerk1', 'cashier1', 'auditor1'])
def test_layouts_are_kept_by_few(layout, user):
    with pytest.raises(Exception, match='访问|权限'):
        layout('name', user=user)
