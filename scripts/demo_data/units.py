# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""Setting up a database: units, staff, lists and sessions, through proteus."""
import datetime as dt
from decimal import Decimal

from proteus import Model

from trytond.modules.supervision_training.clock import CHINA

REGIONS = ['北京', '上海', '江苏', '浙江', '山东', '湖北', '广东', '四川']
SUBJECTS = [('JC', '监理理论基础知识'), ('ZA', '工程质量与安全监理')]
MAJORS = [
    '道路与桥梁工程', '港口与航道工程', '隧道工程', '机电工程', '工程管理', '试验检测']
EDUCATIONS = ['中专', '大专', '本科', '硕士研究生', '博士研究生']
REASONS = [
    ('学历证明不清晰', '学历证明图片不清晰，请重新上传清晰的学历在线查询结果。',
        'education_proof'),
    ('学历证明已过期', '学历在线查询结果已过有效期，请在学信网重新申请后上传。',
        'education_proof'),
    ('工作证明无公章', '工作证明未加盖单位公章，请按附件2模板填写并盖章后上传。',
        'work_proof'),
    ('工作年限不足', '参加监理工作不满一年，不符合报名条件。', 'work_years'),
    ('照片不合格', '照片不符合要求，请上传一寸白底免冠证件照。', 'photo'),
    ('报名单位有误', '报名单位与工作证明不一致，请核对后修改。', 'employer'),
    ]
PRIVACY = '''我们为办理监理业务培训报名收集和使用您的个人信息。

一、收集的信息：姓名、性别、身份证号码、手机号、电子邮箱、地址、单位名称、学历证明、工作证明、证件照片，以及您要求开具发票时提供的发票抬头信息。

二、用途：资格审核、收费与开票、编排考场、制作听课证、准考证和证书、向您发送通知。其中身份证号码和证件照片属于敏感个人信息，仅用于核验身份和制作证件。

三、保存与保护：信息加密保存于境内服务器，仅您报名的组织单位的工作人员可以查看；法定保存期满后删除。

四、您的权利：您可以在小程序内查阅和更正信息；姓名、性别和身份证号码确认后如有错误，或需要删除、复制个人信息，请联系组织单位办理。'''
UNITS = {
    '华东监理业务培训中心': ('1900000101', ['上海', '江苏', '浙江', '山东']),
    '中南监理业务培训中心': ('1900000102', ['湖北', '广东', '四川']),
    }
STAFF = {
    'reviewer': ('审核员', ['监理培训审核员']),
    'clerk': ('签到员', ['监理培训签到员']),
    'cashier': ('出纳', ['监理培训出纳']),
    'accountant': ('财务', ['监理培训财务']),
    'auditor': ('审计', ['监理培训审计']),
    'manager': ('管理员', [
            '监理培训审核员', '监理培训出纳', '监理培训财务', '监理培训管理员']),
    }


def at(day, hour=9):
    "Return an hour of a day in China as naive UTC"
    moment = dt.datetime.combine(day, dt.time(hour), CHINA)
    return moment.astimezone(dt.timezone.utc).replace(tzinfo=None)


def set_up(password):
    """Set up an empty database with the lists and two organizing units.

    Log in again and call :func:`set_up_merchants` to complete it.

    :param password: that of all the staff.
    """
    _lists()
    currency = Model.get('currency.currency')(
        name='人民币', code='CNY', symbol='¥', numeric_code='156')
    currency.save()
    companies = [_unit(name, currency) for name in UNITS]
    admin, = Model.get('res.user').find([('login', '=', 'admin')])
    admin.companies.extend(companies)
    admin.company = companies[0]
    admin.company_filter = 'all'
    admin.language, = Model.get('ir.lang').find([('code', '=', 'zh_CN')])
    admin.save()
    # What Tryton would ask the administrator at login is answered above.
    for item in Model.get('ir.module.config_wizard.item').find([]):
        item.state = 'done'
        item.save()
    for number, company in enumerate(companies, 1):
        _staff(number, company, password)


def _lists():
    for name, values in [
            ('region', [{'name': n} for n in REGIONS]),
            ('subject', [{'code': c, 'name': n} for c, n in SUBJECTS]),
            ('major', [{'name': n} for n in MAJORS]),
            ('education', [{'name': n} for n in EDUCATIONS]),
            ('reject_reason', [
                    {'name': n, 'text': t, 'field': f} for n, t, f in REASONS])]:
        Record = Model.get(f'training.{name}')
        for sequence, value in enumerate(values, 1):
            Record(sequence=sequence, **value).save()
    configuration = Model.get('training.configuration')(1)
    configuration.privacy_version = '2026-11'
    configuration.privacy_text = PRIVACY
    configuration.save()


def _unit(name, currency):
    party = Model.get('party.party')(name=name)
    party.save()
    company = Model.get('company.company')(
        party=party, currency=currency, timezone='Asia/Shanghai', training=True,
        training_notice='请在规定时间内完成报名和缴费；培训地点和时间以本单位通知为准。')
    company.save()
    return company


def set_up_merchants():
    "Give each unit its merchant number and tax rate; only who belongs to it may"
    for company in Model.get('company.company').find([]):
        mchid, _ = UNITS[company.party.name]
        Model.get('training.merchant')(company=company, mchid=mchid).save()
        Model.get('training.invoice.setting')(
            company=company, tax_rate=Decimal('0.03')).save()


def _staff(number, company, password):
    Group = Model.get('res.group')
    zh, = Model.get('ir.lang').find([('code', '=', 'zh_CN')])
    for login, (name, groups) in STAFF.items():
        user = Model.get('res.user')(
            name=f'{name}{number}', login=f'{login}{number}', password=password,
            language=zh)
        user.companies.append(Model.get('company.company')(company.id))
        user.company = Model.get('company.company')(company.id)
        for group in groups:
            found, = Group.find([('name', '=', group)])
            user.groups.append(found)
        user.save()


def session(company, name, today, **values):
    """Return a new session of a unit, still planned.

    :param today: the day around which its days are set.
    :param values: fields of the session; regions and capacity for its regions.
    """
    capacity = values.pop('capacity', 60)
    regions = values.pop('regions', UNITS[company.party.name][1])
    record = Model.get('training.session')(
        name=name, company=company,
        opens_at=values.pop('opens_at', at(today - dt.timedelta(10))),
        closes_at=values.pop('closes_at', at(today + dt.timedelta(20), 18)),
        exam_date=values.pop('exam_date', today + dt.timedelta(45)), **values)
    for subject in Model.get('training.subject').find([]):
        record.subjects.append(subject)
    for sequence, region_name in enumerate(regions, 1):
        region, = Model.get('training.region').find([('name', '=', region_name)])
        place = record.regions.new()
        place.sequence = sequence
        place.region = region
        place.capacity = capacity
        place.venue = f'{region_name}交通职业培训学校一号楼报告厅'
        place.starts_on = record.exam_date - dt.timedelta(5)
        place.ends_on = record.exam_date - dt.timedelta(1)
        place.exam_venue = f'{region_name}交通职业培训学校教学楼'
        place.exam_starts_at = at(record.exam_date)
    for exam_type, subject, amount in [
            ('normal', None, Decimal(1200)),
            *(('retake', s, Decimal(300)) for s in record.subjects)]:
        fee = record.fees.new()
        fee.exam_type = exam_type
        fee.subject = subject and Model.get('training.subject')(subject.id)
        fee.amount = amount
    record.save()
    return record


def open_session(company, name, today, **values):
    "Return a new session that takes registrations; see session"
    record = session(company, name, today, **values)
    record.click('open')
    return record
