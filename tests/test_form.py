# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""Bad input, field by field: the field, the message, and that nothing changed."""
import datetime as dt

import pytest
from demo_data.client import Client, WireError
from demo_data.people import tax_number

from trytond.modules.supervision_training import clock

TODAY = clock.today()
GOOD = {'name': '张三', 'sex': 'male', 'id_number': '110105199003071234'}


@pytest.fixture
def stranger(url, sandbox):
    "A client that has accepted the notice and saved nothing"
    client = Client(url).login(sandbox.code('oStranger'))
    client('privacy.accept', version='2026-11')
    return client


def refused(client, method, **params):
    "Return the code and the messages by field of a call that must be refused"
    with pytest.raises(WireError) as raised:
        client(method, **params)
    assert raised.value.message
    return raised.value.code, raised.value.fields


NUMBER = '11010519491231002X'
PROFILE = [
    ('name', '', '请填写姓名'),
    ('name', '   ', '请填写姓名'),
    ('name', '张' * 51, '50个字符'),
    ('name', '张3', '只能包含汉字或字母'),
    ('name', '张<b>', '只能包含汉字或字母'),
    ('name', '张😀', '只能包含汉字或字母'),
    ('id_number', '', '18位'),
    ('id_number', '421345199003124312', '校验不通过'),  # the manual's own sample
    ('id_number', '11010519491231002', '18位'),
    ('id_number', '110105194912310021', '校验不通过'),
    ('id_number', 'A1010519491231002X', '18位'),
    ('id_number', '110105199902300014', '出生日期'),
    ('id_number', '110105209901010017', '出生日期'),
    ('id_number', '110105201601010017', '16至80周岁'),
    ('id_number', '110105193001010019', '16至80周岁'),
    ('sex', None, '请选择性别'),
    ('sex', 'male', '性别与身份证号码不一致'),
    ('mobile', '1234567899', '11位手机号'),  # the manual's own sample
    ('mobile', '23812345678', '11位手机号'),
    ('mobile', '138123456789', '11位手机号'),
    ('email', 'nobody', '电子邮箱'),
    ('email', 'a b@example.com', '电子邮箱'),
    ('avatar', 'x' * 32, '文件不存在'),
    ]


def checked(number):
    "Return an identity number with its check digit put right"
    from stdnum.cn import ric
    return number[:-1] + ric.calc_check_digit(number[:-1])


@pytest.mark.parametrize('field, value, message', PROFILE)
def test_profile(stranger, field, value, message):
    values = {'name': '李秀英', 'sex': 'female', 'id_number': checked(NUMBER)}
    if message in {'出生日期', '16至80周岁'}:
        value = checked(value)
        values['sex'] = 'male' if int(value[16]) % 2 else 'female'
    with pytest.raises(WireError) as raised:
        stranger('profile.save', **values | {field: value})
    text = raised.value.fields.get(field, raised.value.message)
    assert message in text
    profile = stranger('profile.get')
    assert profile['locked'] is False
    assert (profile['name'], profile['mobile'], profile['email']) == (None,) * 3


@pytest.mark.parametrize('given, kept', [
        ('阿卜杜拉•买买提', '阿卜杜拉·买买提'),
        ('阿卜杜拉．买买提', '阿卜杜拉·买买提'),
        ('阿卜杜拉・买买提', '阿卜杜拉·买买提'),
        ('  王  朝 ', '王 朝'),
        ('䶮𠀀㐀', '䶮𠀀㐀'),
        ('买' * 50, '买' * 50),
        ])
def test_names_of_real_people(new_person, phone, given, kept):
    person = new_person()
    client = phone(person, confirmed=False)
    client('privacy.accept', version='2026-11')
    profile = client(
        'profile.save', name=given, sex=person.sex, id_number=person.id_number)
    assert profile['name'] == kept


@pytest.mark.parametrize('number', [
        '810000199408230021', '830000199001010010', '460400199001010018',
        '659004199001010012'])
def test_numbers_that_lists_do_not_know(stranger, number):
    number = checked(number)
    sex = 'male' if int(number[16]) % 2 else 'female'
    code, fields = refused(
        stranger, 'profile.save', name='', sex=sex,
        id_number=f' {number[:6]} {number[6:]} ')
    assert fields.keys() == {'name'}


def test_identity_locks(new_person, phone):
    anna, bert = new_person(), new_person()
    client = phone(anna)
    profile = client('profile.get')
    assert profile['locked'] is True
    assert profile['id_number'] == anna.id_number[:6] + '********' + anna.id_number[-4:]
    for field, value in [
            ('name', '别人'), ('id_number', bert.id_number),
            ('sex', 'male' if anna.sex == 'female' else 'female')]:
        code, fields = refused(client, 'profile.save', **{field: value})
        assert (code, fields.keys()) == (-32004, {field})
        assert '不能修改' in fields[field]
    assert client('profile.get') == profile
    changed = client(
        'profile.save', name=anna.name, id_number=profile['id_number'],
        address='新地址1号')
    assert changed == profile | {'address': '新地址1号'}


def test_one_number_two_accounts(new_person, url, sandbox, phone, staff, session):
    anna = new_person()
    first = phone(anna)
    first.register(anna, session())
    second = Client(url).login(sandbox.code('oAnnasNewPhone'))
    second('privacy.accept', version='2026-11')
    code, _ = refused(
        second, 'profile.save', name=anna.name, sex=anna.sex,
        id_number=anna.id_number)
    assert code == -32007
    assert second('profile.claim', name=anna.name, id_number=anna.id_number)

    from proteus import Model
    with staff('reviewer1'):
        claim, = Model.get('training.trainee.claim').find([
                ('state', '=', 'requested')])
        assert claim.trainee.name == anna.name
        claim.click('accept')

    assert refused(second, 'profile.get')[0] == -32001
    assert refused(first, 'profile.get')[0] == -32001
    second.login(sandbox.code('oAnnasNewPhone'))
    assert second('profile.get')['name'] == anna.name
    assert second('registration.list', tab='current')['items']


def test_claim_tells_a_stranger_nothing(stranger, new_person, phone, staff):
    anna = new_person()
    phone(anna)
    assert stranger('profile.claim', name='别人', id_number=anna.id_number) is True
    assert stranger('profile.claim', name='', id_number='x') is True
    from proteus import Model
    with staff():
        assert not Model.get('training.trainee.claim').find(
            [('trainee.name', '=', anna.name)])


def test_nothing_is_kept_before_consent(url, sandbox, new_person):
    person = new_person()
    client = Client(url).login(sandbox.code('oCareful'))
    assert client('privacy.get')['accepted'] is False
    code, _ = refused(
        client, 'profile.save', name=person.name, sex=person.sex,
        id_number=person.id_number)
    assert code == -32002
    with pytest.raises(WireError) as raised:
        client.upload('photo', b'x')
    assert raised.value.code == -32002
    assert refused(client, 'privacy.accept', version='2020')[0] == -32004
    assert client('privacy.accept', version='2026-11')['accepted'] is True


@pytest.fixture(scope='module')
def filled():
    return {}


@pytest.fixture
def form(filled, session, phone, new_person):
    "A client and its form for a session, filled in well; made once"
    if not filled:
        person = new_person()
        client = phone(person)
        id = session(industry='highway')
        filled['client'] = client
        filled['form'] = client.form(person, client('session.get', id=id))
        filled['title'] = client('invoice_title.save', kind='person', name='张三')['id']
    return filled['client'], dict(filled['form'])


FORM = [
    ({'session': 999999}, -32003, None, '没有找到该培训期次'),
    ({'region': 999999}, -32004, 'region', '请选择该期次的报名地区'),
    ({'mobile': '1234567899'}, -32004, 'mobile', '11位手机号'),
    ({'mobile': ''}, -32004, 'mobile', '11位手机号'),
    ({'education': 999999}, -32004, 'education', '下拉列表'),
    ({'education_proof': 'x'}, -32004, 'education_proof', '重新上传'),
    ({'education_code': '12-'}, -32004, 'education_code', '12至16位'),
    ({'education_valid_until': (TODAY - dt.timedelta(1)).isoformat()},
        -32004, 'education_valid_until', '有效期'),
    ({'education_valid_until': '2026-13-01'},
        -32602, 'education_valid_until', '不正确'),
    ({'work_years': 'many'}, -32602, 'work_years', '不正确'),
    ({'work_proof': None}, -32004, 'work_proof', '满一年的单位证明'),
    ({'work_proof': 'x'}, -32004, 'work_proof', '重新上传'),
    ({'major': 999999}, -32004, 'major', '下拉列表'),
    ({'subjects': []}, -32004, 'subjects', '报考科目'),
    ({'subjects': [999999]}, -32004, 'subjects', '报考科目'),
    ({'subjects': 'one'}, -32004, 'subjects', '全部科目'),
    ({'exam_type': 'again'}, -32602, 'exam_type', '不正确'),
    ({'photo': 'education_proof'}, -32004, 'photo', '重新上传'),
    ({'photo': None}, -32602, 'photo', '不正确'),
    ({'industry': 'waterway'}, -32004, 'industry', '培训行业'),
    ({'employer': '  '}, -32004, 'employer', '报名单位'),
    ({'employer': 'x' * 201}, -32602, 'employer', '200个字符'),
    ({'certificate_address': ''}, -32004, 'certificate_address', '证书邮寄地址'),
    ({'textbook_same_address': False}, -32004, 'textbook_address', '教材邮寄地址'),
    ({'invoice': {'kind': 'electronic', 'title': 999999, 'email': 'a@example.com'}},
        -32004, 'invoice.title', '发票抬头'),
    ({'invoice': {'kind': 'electronic', 'title': 'own', 'email': 'x'}},
        -32004, 'invoice.email', '电子邮箱'),
    ({'invoice': {'kind': 'paper', 'title': 'own', 'email': 'a@example.com'}},
        -32004, 'invoice.title', '纸质专票'),
    ({'invoice': {'kind': 'paper'}}, -32602, 'invoice.title', '请填写'),
    ({'unknown': 1}, -32602, 'unknown', '没有此项'),
    ]


@pytest.mark.parametrize('change, code, field, message', FORM)
def test_form(form, filled, change, code, field, message):
    client, values = form
    if change.get('subjects') == 'one':
        change = {'subjects': values['subjects'][:1]}
    if change.get('photo') == 'education_proof':
        change = {'photo': values['education_proof']}
    if change.get('invoice', {}) and change['invoice'].get('title') == 'own':
        change = {'invoice': change['invoice'] | {'title': filled['title']}}
    with pytest.raises(WireError) as raised:
        client('registration.submit', client_ref='12345678', **values | change)
    assert raised.value.code == code
    text = raised.value.fields[field] if field else raised.value.message
    assert message in text
    assert client('registration.list', tab='current')['items'] == []


def test_all_the_errors_at_once(form):
    client, values = form
    wrong = {'mobile': '1', 'employer': '', 'region': 0, 'subjects': []}
    code, fields = refused(
        client, 'registration.submit', client_ref='12345678', **values | wrong)
    assert (code, fields.keys()) == (-32004, wrong.keys())


TITLES = [
    ({'name': ''}, 'name', '单位名称'),
    ({'tax_number': None}, 'tax_number', '请填写税号'),
    ({'tax_number': '123'}, 'tax_number', '15至20位'),
    ({'tax_number': tax_number(1)[:-1] + 'I'}, 'tax_number', '校验不通过'),
    ]


@pytest.mark.parametrize('change, field, message', TITLES)
def test_invoice_title(form, change, field, message):
    client, _ = form
    before = client('invoice_title.list')
    good = {'kind': 'unit', 'name': '某公司', 'tax_number': tax_number(1)}
    code, fields = refused(client, 'invoice_title.save', **good | change)
    assert (code, fields.keys()) == (-32004, {field})
    assert message in fields[field]
    assert client('invoice_title.list') == before


def test_tax_numbers_are_cleaned_and_doubted(form):
    client, _ = form
    number = tax_number(2)
    title = client(
        'invoice_title.save', name='某公司',
        tax_number=f' {number[:8].lower()} {number[8:]} ')
    assert (title['tax_number'], title['warnings']) == (number, [])
    rare = 'A' + number[1:]
    title = client('invoice_title.save', name='某合作社', tax_number=rare)
    assert title['tax_number'] == rare and len(title['warnings']) == 1


def test_fee_by_exam_type_and_repeat(session, phone, new_person):
    person = new_person()
    client = phone(person)
    form = client.form(person, client('session.get', id=session()))
    form |= {'exam_type': 'retake', 'subjects': form['subjects'][:1]}
    first = client('registration.submit', client_ref='retake-1', **form)
    assert first['amount'] == 30000
    again = client('registration.submit', client_ref='retake-1', **form)
    assert again['id'] == first['id']
    assert refused(
        client, 'registration.submit', client_ref='retake-2', **form)[0] == -32007
    assert len(client('registration.list', tab='current')['items']) == 1


def test_registration_closed(session, phone, new_person, staff):
    from demo_data.units import at
    person = new_person()
    client = phone(person)
    early = session(opens_at=at(TODAY + dt.timedelta(1)))
    form = client.form(person, client('session.get', id=early))
    code, _ = refused(client, 'registration.submit', client_ref='12345678', **form)
    assert code == -32006


def test_others_records_are_not_there(session, phone, new_person, url):
    anna, bert = new_person(), new_person()
    annas, berts = phone(anna), phone(bert)
    mine = annas.register(anna, session())
    for method, params in [
            ('registration.get', {'id': mine['id']}),
            ('registration.cancel', {'id': mine['id']}),
            ('payment.prepay', {'registration': mine['id']}),
            ('payment.status', {'registration': mine['id']}),
            ('refund.request', {'registration': mine['id'], 'reason': 'x'}),
            ('ticket.get', {'registration': mine['id'], 'kind': 'attendance'}),
            ]:
        assert refused(berts, method, **params)[0] == -32003, method
    import requests
    photo = mine['documents']['photo']
    server = url.rsplit('/', 2)[0]
    assert requests.get(server + photo['url'], timeout=30).status_code == 200
    path = f"{url}/file/{photo['file']}"
    assert requests.get(path, timeout=30).status_code == 401
    assert requests.get(path, headers=berts.headers, timeout=30).status_code == 404
    assert requests.get(path, headers=annas.headers, timeout=30).status_code == 200
    forged = photo['url'][:-1] + ('0' if photo['url'][-1] != '0' else '1')
    assert requests.get(server + forged, timeout=30).status_code == 401
    stolen = berts.form(bert, berts('session.get', id=mine['session']['id']))
    stolen['photo'] = photo['file']
    code, fields = refused(
        berts, 'registration.submit', client_ref='12345678', **stolen)
    assert (code, fields.keys()) == (-32004, {'photo'})


def test_work_certificate_template(url):
    import requests
    response = requests.get(f'{url}/template/work-certificate', timeout=30)
    assert response.status_code == 200
    assert response.content.startswith(b'PK')


def test_too_many_requests(new_person, phone):
    client = phone(new_person())
    with pytest.raises(WireError) as raised:
        for _ in range(61):
            client('profile.save', address='某路')
    assert raised.value.code == -32009
    assert '秒后再试' in raised.value.message
    assert client('profile.get')['address'] == '某路'
