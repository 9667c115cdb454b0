# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""A reviewer's morning in the web client, and what the others do at the desk."""


def test_approve_goes_to_the_next(sao, trainee, phone, new_person):
    one = trainee()
    other = new_person()
    id = one.see()['session']['id']
    phone(other).register(other, id)

    desk = sao('reviewer1')
    desk.menu('监理培训', '报名').tab('审核中')
    assert desk.count('审核中') == '2'
    desk.search(one.person.name)
    assert desk.column('姓名') == [one.person.name]
    desk.search('').open(one.person.name)
    assert desk.value('手机号') == one.person.mobile
    desk.key('Alt+A')
    assert desk.value('手机号') == other.mobile
    assert one.see()['label_text'] == '待支付'
