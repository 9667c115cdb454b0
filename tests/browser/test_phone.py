# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""The manual on a phone, with the staff at their desk in the web client beside it."""
import io
import os

import pytest
from PIL import Image
from acting import wait_for
from demo_data.people import tax_number
from demo_data.portrait import certificate, encoded, portrait
from proteus import Model
from pypdf import PdfReader

PERIOD = '2026年第六期监理业务培训班'
EDUCATION, WORK = (encoded(certificate(seed)) for seed in (1, 2))


@pytest.fixture
def desk(sao):
    "A function that returns the window of a user, opened once"
    windows = {}

    def desk(user):
        if user not in windows:
            windows[user] = sao(user, height=844)
        return windows[user]
    return desk


def photo(person, **values):
    return encoded(portrait(person.seed, person.sex, **values))


def confirm(phone, person):
    "Log in as somebody new, agree and confirm the profile"
    phone.open().tap('profile').log_in().tap('accept').ready()
    phone.fill(
        name=person.name, id_number=person.id_number, mobile=person.mobile,
        address=person.address, employer=person.employer)
    phone.tap(f'sex-{person.sex}', 'save').sees('以上信息将无法更改')
    phone.press('确定无误').ready().by('sessions').wait_for()
    return phone


def fill_in(phone, person, work=True):
    "Fill in what a registration form asks for"
    phone.choose(region='上海', education='本科', major='隧道工程')
    phone.tap('work_years-one_or_more', 'exam_type-normal', 'industry-highway')
    files = {'education_proof': EDUCATION, 'photo': photo(person)}
    if work:
        files['work_proof'] = WORK
    for kind, data in files.items():
        phone.give(kind, data)
        if kind == 'photo':
            phone.tap('use-photo')
        phone.by(f'{kind}-uploaded').wait_for()
    return phone


def keep_picture(phone, desk):
    "Keep a picture of a phone and a desk side by side in the folder of PICTURES"
    folder = os.environ.get('PICTURES')
    if not folder:
        return
    phone, desk = (
        Image.open(io.BytesIO(w.page.screenshot())) for w in (phone, desk))
    gap = 28
    picture = Image.new('RGB', (
            phone.width + desk.width + 3 * gap,
            max(phone.height, desk.height) + 2 * gap), '#d9e0e8')
    picture.paste(phone, (gap, gap))
    picture.paste(desk, (phone.width + 2 * gap, gap))
    picture.quantize(128, dither=Image.Dither.NONE).save(
        f'{folder}/phone-and-desk.png', optimize=True)


def test_the_manual(h5, desk, new_person, session, staff):
    id = session(name=PERIOD, regions=['上海'])
    with staff():
        record = Model.get('training.session')(id)
        record.rooms.new(
            name='第一考场', capacity=30, session_region=record.regions[0])
        record.save()
    wang = new_person()
    phone = h5()

    # 第一步：完善个人信息
    confirm(phone, wang).tap('profile').sees('*已报名，信息不能修改')
    assert wang.id_number[6:-4] not in phone.field('id_number').inner_text()
    assert phone.faults() == []

    # 第二步：在线报名
    phone.open().tap('sessions').ready().press(PERIOD).ready()
    fill_in(phone, wang)
    phone.tap('wants_invoice-true', 'invoice.kind-electronic', 'add-title').ready()
    phone.fill(name=wang.employer, tax_number=tax_number(1)).tap('save')
    phone.sees('报考科目').fill(invoice__email='trainee@example.com')
    assert phone.faults() == []
    phone.tap('submit').sees('已提交报名申请，请等待后台审核结果并留意消息通知结果')
    phone.tap('view').sees('后台正在审核')
    mine = int(phone.page.url.rpartition('=')[2])

    def look(label):
        phone.open('registration', id=mine)
        return phone.text('label') == label

    # 第三步：审核不通过，查看原因，重新报名
    reviewer = desk('reviewer1')
    reviewer.menu('监理培训', '报名').tab('审核中').open(wang.name)
    keep_picture(phone, reviewer)
    reviewer.press('R 审核不通过…')
    reviewer.fill(说明='报名单位与工作证明不一致。', 标注的表单项=('报名单位', ))
    reviewer.press('审核不通过').close()
    phone.open('exams').sees('审核不通过').press(PERIOD).sees(
        '报名单位与工作证明不一致。')
    phone.tap('resubmit').ready()
    assert phone.errors() == {'employer': '报名单位与工作证明不一致。'}
    phone.fill(employer='江河水运监理咨询有限公司').tap('submit').sees('已提交报名申请')

    # 审核通过，去支付
    reviewer.menu('监理培训', '报名').tab('审核中').open(wang.name)
    assert reviewer.value('报名单位') == '江河水运监理咨询有限公司'
    reviewer.press('A 审核通过')
    assert look('待支付')
    phone.tap('pay').ready().tap('wechat-pay').press('取消').sees('您取消了支付')
    phone.press('知道了').tap('wechat-pay').press('立即支付')
    assert phone.text('result') == '已支付'
    assert phone.faults() == []

    # 听课证、准考证
    assert look('已支付')
    assert not phone.by('attendance').count()
    manager = desk('manager1')
    manager.menu('监理培训', '培训期次').tab('开放报名')
    manager.open(PERIOD).tab('考场')
    manager.press('编排座位…').press('编排').press('关闭')
    manager.tab('证件发布').press('发布听课证').press('发布准考证')
    for kind, name in [('attendance', '听课证'), ('admission', '准考证')]:
        look('已支付')
        phone.tap(kind).sees(f'请打印{name}')
        with phone.page.expect_download() as paper:
            phone.tap('open')
        assert PdfReader(paper.value.path()).pages

    # 第四步：申请退款，退款失败，再次申请，已退款
    accountant = desk('accountant1')
    for granted, label in [(False, '退款失败'), (True, '已退款')]:
        look('')
        phone.tap('refund').ready().tap('submit').press('提交申请')
        assert phone.errors() == {'reason': '请填写退款理由。'}
        phone.fill(reason='工作安排有变，无法参加。').tap('submit').press('提交申请')
        phone.press('知道了')
        assert look('退款审核中')
        accountant.menu('监理培训', '财务', '退款').open(wang.name)
        if granted:
            accountant.press('同意').press('确定')
        else:
            accountant.press('拒绝…').fill(原因='教材已寄出。').press('拒绝')
        accountant.close()
        wait_for(lambda label=label: look(label))
    phone.open('messages').sees('退款成功')
    assert phone.faults() == []


def test_wrong_profile(h5, new_person):
    wang = new_person()
    phone = h5().open().tap('profile').log_in().tap('accept').ready()

    def save():
        return phone.tap('save').press('确定无误').errors()

    assert save() == {
        'name': '请填写姓名。', 'sex': '请选择性别。',
        'id_number': '身份证号码应为18位（前17位数字，末位数字或X），'
            '请核对后重新填写。'}
    other = 'female' if wang.sex == 'male' else 'male'
    phone.tap(f'sex-{other}').fill(
        name='王朝2', id_number=wang.id_number, mobile='1234567899', email='王朝')
    assert save() == {
        'name': '姓名只能包含汉字或字母，少数民族姓名中间请用“·”分隔，请按身份证填写。',
        'sex': '性别与身份证号码不一致，请核对性别或身份证号码。',
        'mobile': '请填写正确的11位手机号。', 'email': '请填写正确的电子邮箱。'}
    for number, error in [
            (wang.id_number[:-1], '应为18位'),
            (wang.id_number[:-2] + '00', '校验不通过'),
            ('110105209002300011', '')]:
        phone.fill(id_number=number)
        assert error in save()['id_number']


def test_wrong_form(h5, new_person, session):
    wang = new_person()
    phone = confirm(h5(), wang).open('register', session=session(regions=['上海']))

    def submit():
        return phone.tap('submit').errors()

    phone.fill(mobile='', employer='', certificate_address='')
    phone.tap('wants_invoice-true')
    assert submit() == dict.fromkeys([
            'mobile', 'education', 'education_proof', 'work_years', 'major',
            'exam_type', 'photo', 'industry', 'employer', 'certificate_address',
            'invoice.kind', 'invoice.title', 'invoice.email'], '请填写此项。')
    fill_in(phone, wang, work=False).tap('wants_invoice-false')
    phone.tap('textbook_same_address-false').fill(
        mobile='1234567899', employer=wang.employer, certificate_address='人民路 8 号',
        education_code='12345')
    phone.by('subjects-1').click()
    assert submit() == {
        'mobile': '请填写正确的11位手机号。',
        'education_code': '在线验证码应为12至16位数字或字母。',
        'work_proof': '请上传参加监理工作满一年的单位证明。',
        'subjects': '正常考试须报考全部科目；只考部分科目请选择“补考”。',
        'textbook_address': '请填写教材邮寄地址，或选择“同证书邮寄地址”。'}


def test_wrong_files(h5, new_person, session):
    wang = new_person()
    phone = confirm(h5(), wang).open('register', session=session())

    def refused(kind, *file):
        phone.give(kind, *file)
        if kind == 'photo':
            phone.tap('use-photo')
        return phone.error(kind)

    for file, error in [
            ((b'', '证明.jpg'), '文件是空的'),
            ((b'PK', '证明.docx', 'application/docx'), '文件不是有效的图片'),
            ((EDUCATION[:9000], '证明.jpg'), '图片已损坏或不完整'),
            ((b'%PDF-1.7\n', '证明.pdf', 'application/pdf'), 'PDF文件已损坏'),
            ((EDUCATION + bytes(10 << 20), '证明.jpg'), '文件超过10MB')]:
        assert error in refused('work_proof', *file)
    red = photo(wang, background='red')
    assert refused('photo', red) == '照片背景不是白色，请上传一寸白底免冠证件照。'
    # The browser itself notes what the server refuses.
    assert {p.partition('the server')[2] for p in phone.problems} == {
        ' responded with a status of 400 (BAD REQUEST)'}
    phone.problems.clear()


def test_wrong_title(h5, new_person):
    phone = confirm(h5(), new_person()).open('invoice')

    def save():
        return phone.tap('save').errors()

    assert save() == {'name': '请填写单位名称。', 'tax_number': '请填写税号。'}
    phone.fill(name='华路工程监理有限公司', tax_number='123')
    assert '15至20位' in save()['tax_number']
    phone.fill(tax_number=tax_number(1)[:-1] + 'A')
    assert save() == {
        'tax_number': '税号校验不通过，请对照营业执照上的统一社会信用代码核对。'}


def test_first_paint(h5, record_property):
    phone = h5().open()
    record_property('first paint, ms', phone.first_paint())
    assert phone.faults() == []
