# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
import datetime as dt
import random
from dataclasses import dataclass

from stdnum.cn import ric, uscc

FAMILY = '王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧'
MALE = [
    '建国', '志强', '海涛', '俊杰', '明轩',
    '文博', '国栋', '永辉', '浩然', '振华']
FEMALE = [
    '秀英', '丽娟', '雅琴', '晓燕', '思雨',
    '婷婷', '佳怡', '慧敏', '雪梅', '静怡']
PLACES = [
    '110105', '310115', '320106', '330106', '370102', '420106', '440305', '510104']
EMPLOYERS = [
    '华路工程监理有限公司', '江河水运监理咨询有限公司', '中远交通建设监理公司',
    '天平公路工程咨询有限公司', '海岳港航监理有限公司', '恒通项目管理有限公司']
STREETS = ['人民路', '解放大道', '建设街', '长江路', '中山北路', '和平里']


@dataclass(frozen=True)
class Person:
    """An invented person with a valid identity number."""
    seed: int
    name: str
    sex: str
    id_number: str
    mobile: str
    email: str
    employer: str
    address: str
    openid: str


def person(seed):
    "Return the person of a number: always the same one"
    chance = random.Random(seed)
    sex = chance.choice(['male', 'female'])
    born = dt.date(1970, 1, 1) + dt.timedelta(chance.randrange(11500))
    order = chance.randrange(0, 499) * 2 + (sex == 'male')
    number = f'{chance.choice(PLACES)}{born:%Y%m%d}{order:03}'
    return Person(
        seed=seed,
        name=chance.choice(FAMILY) + chance.choice(MALE if sex == 'male' else FEMALE),
        sex=sex,
        id_number=number + ric.calc_check_digit(number),
        mobile=f'1{chance.choice("3578")}{chance.randrange(10 ** 9):09}',
        email=f'trainee{seed}@example.com',
        employer=chance.choice(EMPLOYERS),
        address=f'{chance.choice(STREETS)}{chance.randrange(1, 300)}号',
        openid=f'oDemo{seed:023}')


def tax_number(seed):
    "Return an invented unified social credit code with a valid check digit"
    number = f'91310115{seed:09}'
    return number + uscc.calc_check_digit(number)
