# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""Results: by hand, from a workbook, published, corrected; what retakes need."""
import datetime as dt
import io
from decimal import Decimal

import pytest
from acting import SAFETY, THEORY, end_exam, enter_results, publish_results, results
from demo_data.client import WireError
from demo_data.units import at
from openpyxl import load_workbook
from proteus import Model, Wizard
from proteus.config import get_config
from test_sheet import workbook

from trytond.modules.supervision_training import clock

TODAY = clock.today()
_shared = []


@pytest.fixture
def shared(examined):
    "A session with one person, made once for the module"
    if not _shared:
        _shared.append(examined(1))
    return _shared[0]


def write(record, **values):
    "Send values of a result as a client might, whatever its view allows"
    config = get_config()
    config.get_proxy('training.registration-training.subject').write(
        [record.id], values, config.context)


def seen(one):
    return [
        (r['subject']['name'], r['label'], r['score']) for r in one.see()['results']]


def test_by_hand_and_published(examined, staff):
    id, (anna, bert) = examined()
    with staff('reviewer1'):
        enter_results(anna, theory=60, safety=59.5)
        enter_results(bert, theory='absent', safety='disqualified')
        made = results(anna)
        assert {r.subject.name: r.result for r in made.values()} == {
            THEORY: 'passed', SAFETY: 'failed'}
        assert made[THEORY].entered_by.login == 'reviewer1'
        Result = Model.get('training.registration-training.subject')
        found = Result.find(
            [('session', '=', id), ('trainee_name', '=', anna.person.name)],
            order=[('admission_number', 'DESC')])
        assert {r.admission_number for r in found} == {
            Model.get('training.registration')(anna.id).admission_number}
        with pytest.raises(Exception, match='不允许|访问|权限|按钮'):
            publish_results(id)
    assert seen(anna) == []
    with staff('manager1'):
        publish_results(id)
    assert seen(anna) == [(THEORY, '合格', 60.0), (SAFETY, '不合格', 59.5)]
    assert seen(bert) == [(THEORY, '缺考', None), (SAFETY, '违纪', None)]
    message = anna.client('message.list')['items'][0]
    assert message['title'] == '成绩公布'
    assert message['body'] == (
        f'“2026年第三期”成绩已公布：{THEORY}：合格（60）；{SAFETY}：不合格（59.5）。')


def test_unpublished_results_need_attention(examined, staff):
    id, (one,) = examined(1, days=3)

    def matter():
        with staff('manager1'):
            return Model.get('training.dashboard.attention').find(
                [('kind', '=', 'results_unpublished')])
    line, = matter()
    before = line.count
    assert line.since.date() == clock.today() - dt.timedelta(3)
    with staff('manager1'):
        opened, = Wizard('training.dashboard.attention.open', [line]).actions
        assert id in [s.id for s in opened]
        enter_results(one, theory=80, safety=70)
        publish_results(id)
    assert sum(m.count for m in matter()) == before - 1


def test_a_pass_mark_of_the_session(examined, staff):
    id, (one,) = examined(1)
    with staff('manager1'):
        enter_results(one, theory=65, safety=70)
        session = Model.get('training.session')(id)
        session.pass_mark = Decimal(70)
        session.save()
        assert [r.result for r in results(one).values()] == ['failed', 'passed']
        publish_results(id)
        session.reload()
        session.pass_mark = Decimal(60)
        with pytest.raises(Exception, match='成绩已公布，不能直接修改'):
            session.save()


def test_what_can_not_be_entered(examined, staff, trainee, desk, sandbox):
    id, (one,) = examined(1)
    early = trainee()
    with staff('reviewer1'):
        with pytest.raises(Exception, match='考试日期'):
            enter_results(early, theory=60)
        for value in [100.5, -1]:
            with pytest.raises(Exception, match='0 至 100'):
                enter_results(one, theory=value)
        with pytest.raises(Exception, match='与所选成绩不一致'):
            write(results(one)[THEORY], score=Decimal(50), result='passed')
        session = Model.get('training.session')(early.see()['session']['id'])
    with staff('manager1'):
        end_exam(session.id, 1)
    with staff('reviewer1'):
        with pytest.raises(Exception, match='请先办理报到'):
            enter_results(early, theory=60)
        with pytest.raises(Exception, match='不允许|访问|权限'):
            write(results(one)[THEORY], registration=early.id)
    with staff('manager1'):
        with pytest.raises(Exception, match='还有 2 项成绩未录入'):
            publish_results(id)


@pytest.mark.parametrize('user, refused', [
        ('reviewer2', True), ('manager2', True), ('auditor1', True),
        ('clerk1', True), ('cashier1', True), ('manager1', False)])
def test_who_enters(staff, user, refused, shared):
    id, (one,) = shared
    with staff(user):
        Result = Model.get('training.registration-training.subject')
        found = Result.find([('session', '=', id)])
        assert bool(found) == (user[-1] == '1')
    with staff('manager1'):
        record = results(one)[THEORY]
    with staff(user):
        values = {'score': Decimal(80), 'result': 'passed'}
        if refused:
            with pytest.raises(Exception, match='不允许|访问|权限'):
                write(record, **values)
        else:
            write(record, **values)


def test_correction(examined, staff):
    id, (one,) = examined(1)
    with staff('manager1'):
        enter_results(one, theory=80, safety=50)
        record = results(one)[SAFETY]
        with pytest.raises(Exception, match='只有已公布的成绩需要更正'):
            change(record, 90, '登分错误')
        publish_results(id)
    with staff('reviewer1'):
        with pytest.raises(Exception, match='成绩已公布，不能直接修改'):
            enter_results(one, safety=90)
        record = results(one)[SAFETY]
        with pytest.raises(Exception, match='原因'):
            change(record, 90, '  ')
        change(record, 90, '登分错误')
        event = Model.get('training.registration')(one.id).events[0]
        assert (event.name, event.user.login) == ('result_corrected', 'reviewer1')
        assert event.note == (
            f'{SAFETY}：不合格（50） → {SAFETY}：合格（90）\n登分错误')
    assert seen(one)[1] == (SAFETY, '合格', 90.0)
    assert '登分错误' in one.client('message.list')['items'][0]['body']
    with staff('reviewer1'):
        record = Model.get('training.registration')(one.id)
        assert record.state == 'completed'


def change(record, score, reason):
    wizard = Wizard('training.result.change', [record])
    wizard.form.score = Decimal(score)
    wizard.form.reason = reason
    wizard.execute('change')


def test_a_check_in_with_results_stands(staff, trainee, desk, sandbox):
    one = trainee()
    desk('reviewer1', one.id, 'approve')
    one.pay(sandbox)
    desk('reviewer1', one.id, 'check_in')
    with staff('manager1'):
        session = Model.get('training.registration')(one.id).session
        session.closes_at = at(TODAY - dt.timedelta(1))
        session.exam_date = TODAY
        session.save()
        enter_results(one, theory=80)
    with pytest.raises(Exception, match='已录入成绩，不能撤销报到'):
        desk('reviewer1', one.id, 'undo_check_in')
    with staff('manager1'):
        record = results(one)[THEORY]
        record.result = None
        record.save()
        assert record.score is None
    desk('reviewer1', one.id, 'undo_check_in')


def start(id):
    return Wizard('training.result.import', [Model.get('training.session')(id)])


def load(id, rows, reason=None):
    "Import a workbook as the current user and return what the preview told"
    wizard = start(id)
    wizard.form.file = workbook(*rows)
    if reason:
        wizard.form.reason = reason
    wizard.execute('preview')
    text = wizard.form.text
    wizard.execute('enter')
    return text


HEADER = ['准考证号', '姓名', THEORY, SAFETY]


def test_from_the_template(examined, staff):
    id, people = examined()
    with staff('reviewer1'):
        Registration = Model.get('training.registration')
        people.sort(key=lambda p: Registration(p.id).admission_number)
        enter_results(people[0], theory=77.5)
        wizard = start(id)
        page = load_workbook(io.BytesIO(wizard.form.template))['成绩']
        header, *rows = page.iter_rows(values_only=True)
        assert header == ('准考证号', '报名编号', '姓名', THEORY, SAFETY)
        numbers = [Registration(p.id).admission_number for p in people]
        assert [(r[0], r[2]) for r in rows] == [
            (n, p.person.name) for n, p in zip(numbers, people, strict=True)]
        assert [r[3:] for r in rows] == [(77.5, None), (None, None)]
        assert {c.data_type for row in page.iter_rows(max_col=3) for c in row} == {'s'}
        text = load(id, [
                header, (*rows[0][:3], 80, '不合格'), (*rows[1][:3], '缺考', None)])
        assert text.splitlines()[0] == '将录入 2 项新成绩，更改 1 项。'
        assert f'{THEORY}：合格（77.5） → {THEORY}：合格（80）' in text
        assert [(r.score, r.result) for r in results(people[0]).values()] == [
            (Decimal(80), 'passed'), (None, 'failed')]
        assert [r.result for r in results(people[1]).values()] == ['absent', None]


def test_rows_that_are_wrong(examined, staff):
    id, (anna, bert) = examined()
    _, (other,) = examined(1)
    with staff('reviewer1'):
        Registration = Model.get('training.registration')
        a, b, o = (Registration(p.id) for p in (anna, bert, other))
        with pytest.raises(Exception) as raised:
            load(id, [
                    ['准考证号', '报名编号', '姓名', THEORY, SAFETY],
                    [a.admission_number, None, anna.person.name, 61, 62],
                    [None, None, '无名', 60, 60],
                    [o.admission_number, None, other.person.name, 60, 60],
                    [b.admission_number, None, '冒名', 60, 60],
                    [b.admission_number, a.number, bert.person.name, 60, 60],
                    [b.admission_number, None, bert.person.name, 160, 60],
                    [a.admission_number, None, anna.person.name, 60, 60],
                    ])
        text = str(raised.value)
        for row, words in [
                (3, '没有编号：请填写“准考证号、报名编号”之一'),
                (4, f'没有编号 {o.admission_number}'),
                (5, f'姓名“冒名”与 {b.admission_number} 不符'),
                (6, '没有编号'),
                (7, f'{THEORY}“160”有误：请填写 0 至 100 的分数'),
                (8, '与第 2 行是同一人')]:
            assert f'第 {row} 行' in text and words in text
        assert '第 2 行：' not in text
        assert all(r.result is None for r in results(anna).values())
        for words, rows in [
                ('没有成绩', [HEADER, [a.admission_number, anna.person.name]]),
                ('没有“姓名”列', [['准考证号'], [a.admission_number]])]:
            with pytest.raises(Exception, match=words):
                load(id, rows)


def test_import_corrects_with_a_reason(examined, staff):
    id, (one,) = examined(1)
    with staff('manager1'):
        enter_results(one, theory=80, safety=50)
        publish_results(id)
        number = Model.get('training.registration')(one.id).admission_number
        rows = [HEADER, [number, one.person.name, 80, 61]]
        with pytest.raises(Exception, match='原因'):
            load(id, rows)
        assert results(one)[SAFETY].result == 'failed'
        load(id, rows, reason='复核后更正')
        events = Model.get('training.registration')(one.id).events
        assert [e.name for e in events][:2] == ['result_corrected', 'results_published']
        assert '复核后更正' in events[0].note


def refused(client, person, session, **values):
    "Return the errors of the fields of a form that is refused"
    with pytest.raises(WireError) as raised:
        client.register(person, session, **values)
    assert raised.value.code == -32004
    return raised.value.fields


def test_retake(examined, session, staff, new_person, phone):
    id, (one,) = examined(1)
    later = session(name='2026年第四期')
    theory, safety = (
        s['value'] for s in one.client('session.get', id=later)['subjects'])
    with staff('manager1'):
        enter_results(one, theory=80, safety=50)
        open_ = Model.get('training.session')(later)
        open_.retake_elsewhere = False
        open_.save()
    # Before they are published the results tell nothing.
    fields = refused(
        one.client, one.person, later, exam_type='retake', subjects=[safety])
    assert fields['exam_type'] == (
        f'考过但未合格的科目才能补考，系统中没有您以下科目的成绩：{SAFETY}。'
        '请将考试类型改为“正常考试”；如曾在其他系统考过，请联系组织单位。')
    with staff('manager1'):
        publish_results(id)
    fields = refused(one.client, one.person, later)
    day = (TODAY - dt.timedelta(1)).isoformat()
    assert fields['subjects'] == (
        f'以下科目已合格，无需再考：{THEORY}（2026年第三期，{day} 考试）。'
        f'请将考试类型选为“补考”，只选：{SAFETY}。')
    assert 'subjects' in refused(
        one.client, one.person, later, exam_type='retake', subjects=[theory])
    # Highway passes say nothing about waterway.
    assert 'exam_type' in refused(
        one.client, one.person, later, exam_type='retake', subjects=[theory],
        industry='waterway')
    again = one.client.register(
        one.person, later, exam_type='retake', subjects=[safety])
    assert again['amount'] == 30000
    stranger = new_person()
    client = phone(stranger)
    assert 'exam_type' in refused(
        client, stranger, later, exam_type='retake', subjects=[safety])
    elsewhere = session()
    client.register(stranger, elsewhere, exam_type='retake', subjects=[safety])


def test_a_pass_that_lapsed(examined, session, staff):
    id, (one,) = examined(1, days=1000)
    with staff('manager1'):
        enter_results(one, theory=80, safety=80)
        publish_results(id)
    later = session(pass_years=3)
    fields = refused(one.client, one.person, later)
    assert fields['subjects'].startswith('您已通过本期全部科目')
    assert '合格证书由组织单位颁发' in fields['subjects']
    again = one.client.register(one.person, session(pass_years=2))
    assert again['label_text'] == '审核中'
