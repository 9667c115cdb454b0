# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""Results typed into the list of a session, published, certified in the web client."""
from acting import SAFETY, THEORY


def test_from_the_score_to_the_certificate(sao, examined):
    _, (anna, bert) = examined()
    desk = sao('manager1')
    desk.menu('监理培训', '培训期次').tab('全部').open('2026年第三期').tab('成绩')
    assert desk.value('待录入成绩') == '4'
    desk.press('录入成绩')
    for one, subject, score in [
            (anna, THEORY, '82'), (anna, SAFETY, '67.5'),
            (bert, THEORY, '59'), (bert, SAFETY, '90')]:
        desk.type('分数', score, one.person.name, subject)
    desk.picture('results').toolbar('save')
    for one, word in [(anna, '合格'), (bert, '不合格')]:
        cell = desk.rows(one.person.name, THEORY).locator('td', has_text='合格')
        assert cell.first.inner_text().strip() == word
    desk.close()
    desk.press('公布成绩').press('确定')
    assert [r['label'] for r in anna.see()['results']] == ['合格', '合格']
    desk.press('颁发合格证书').press('确定')
    assert desk.front.locator('textarea').input_value().startswith(
        '已颁发 1 份合格证书，1 人未颁发：')
    desk.press('关闭')
    assert anna.see()['certificate'] and not bert.see()['certificate']
