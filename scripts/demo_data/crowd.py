# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""Many who paid for a session, put into the database at once."""
import dataclasses

from trytond.pool import Pool
from trytond.tools import grouped_slice
from trytond.transaction import Transaction

from trytond.modules.supervision_training import clock

from .people import person
from .portrait import encoded, portrait

FACES = 20  # the portraits take turns
SOME = 50  # in a statement: SQLite takes no very long ones


def pay(name, session, count, first=100_000, names=()):
    """Let people have paid for a session, and give them seats.

    :param name: of the database.
    :param session: the id of a session; its regions are filled in turns.
    :param first: the seed of the first person.
    :param names: of the first people, instead of those they have.
    """
    with Transaction().start(name, 0, context={'language': 'zh_CN'}) as transaction:
        pool = Pool()
        Registration = pool.get('training.registration')
        session = pool.get('training.session')(session)
        people = [person(first + n) for n in range(count)]
        people[:len(names)] = [
            dataclasses.replace(p, name=n)
            for p, n in zip(people, names, strict=False)]
        trainees = pool.get('training.trainee').create([{
                    'openid': p.openid, 'name': p.name, 'sex': p.sex,
                    'id_number': p.id_number, 'mobile': p.mobile,
                    'employer': p.employer, 'confirmed_at': clock.now(),
                    } for p in people])
        photos = _photos(pool, people, trainees)
        education, = pool.get('training.education').search([], limit=1)
        major, = pool.get('training.major').search([], limit=1)
        values = [{
                'number': f'{first + n:012}', 'client_ref': str(n),
                'trainee': trainee.id, 'company': session.company.id,
                'session': session.id,
                'session_region': session.regions[n % len(session.regions)].id,
                'submitted_at': clock.now(), 'mobile': p.mobile,
                'education': education.id, 'education_proof': photo.id,
                'work_years': 'less_than_one', 'major': major.id,
                'subjects': [('add', [s.id for s in session.subjects])],
                'exam_type': 'normal', 'photo': photo.id, 'industry': 'highway',
                'employer': p.employer, 'certificate_address': p.address,
                'amount': 0, 'state': 'paid',
                } for n, (p, trainee, photo) in enumerate(
                zip(people, trainees, photos, strict=True))]
        for some in grouped_slice(values, SOME):
            Registration.create(list(some))
        for place in session.regions:
            place.taken = Registration.search(
                [('session_region', '=', place.id)], count=True)
            place.save()
        Registration.allocate(session.to_seat())
        transaction.commit()


def _photos(pool, people, trainees):
    faces = {}
    for p in people:
        key = p.sex, p.seed % FACES
        if key not in faces:
            faces[key] = encoded(portrait(p.seed, p.sex))
    return pool.get('training.document').create([{
                'name': f'crowd-{trainee.id}', 'trainee': trainee.id, 'kind': 'photo',
                'data': faces[p.sex, p.seed % FACES], 'mime_type': 'image/jpeg',
                'width': 658, 'height': 926, 'digest': p.openid,
                'uploaded_at': clock.now(),
                } for p, trainee in zip(people, trainees, strict=True)])
