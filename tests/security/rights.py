# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""What each role may do in its own unit; in another unit it may do nothing."""
import re

ROLES = ['clerk', 'reviewer', 'cashier', 'accountant', 'auditor', 'admin']

# r read, search, count and export; w write; c create; d delete.
# All units share the models with an asterisk.
MODELS = '''
#                                     clerk  review cash   acc    audit  admin
bill                                  -      r      r      r      r      r
bill.line                             -      r      r      r      r      r
certificate                           r      r      r      r      r      r
*configuration                        r      r      r      r      r      rwcd
dashboard.attention                   -      r      r      r      r      r
dashboard.money                       -      r      r      r      r      r
dashboard.review_age                  -      r      r      r      r      r
dashboard.state                       -      r      r      r      r      r
disclosure                            -      r      r      r      r      r
document                              r      r      r      r      r      r
*education                            r      r      r      r      r      rwcd
exam_room                             r      r      r      r      r      rwcd
exam_time                             r      r      r      r      r      rwcd
invoice                               -      r      r      r      r      r
invoice.batch                         -      r      r      r      r      r
invoice.batch.file                    -      r      r      r      r      r
invoice.batch.problem                 -      r      r      r      r      r
invoice.file                          -      r      r      r      r      r
invoice.import                        -      r      r      r      r      r
invoice.import.line                   -      r      r      r      r      r
invoice.setting                       -      r      r      rwcd   r      r
invoice.title                         -      r      r      r      r      r
*major                                r      r      r      r      r      rwcd
merchant                              -      r      r      r      r      rwcd
notification                          r      r      r      r      r      r
*notification.template                r      r      r      r      r      rwcd
*notification.template.line           r      r      r      r      r      rwcd
payment                               -      r      r      r      r      r
print_job                             r      r      r      r      r      r
print_job.part                        -      -      -      -      -      -
refund                                -      r      r      r      r      r
*region                               r      r      r      r      r      rwcd
registration                          r      r      r      r      r      r
registration-training.subject         r      rw     r      r      r      rw
registration.event                    r      r      r      r      r      r
registration.mark                     r      r      r      r      r      r
*reject_reason                        r      r      r      r      r      rwcd
roster.column                         r      rwcd   r      r      r      rwcd
roster.layout                         r      rwcd   r      r      r      rwcd
session                               r      r      r      r      r      rwcd
*session-training.subject             -      -      -      -      -      -
session.day                           r      r      r      r      r      r
session.fee                           r      r      r      r      r      rwcd
session.refund_rate                   r      r      r      r      r      rwcd
session.region                        r      r      r      r      r      rwcd
*subject                              r      r      r      r      r      rwcd
subscription                          r      r      r      r      r      r
trainee                               r      r      r      r      r      r
trainee.claim                         r      r      r      r      r      r
trainee.consent                       r      r      r      r      r      r
trainee.correction                    r      r      r      r      r      r
*trainee.token                        -      -      -      -      -      -
'''
# x may press it, start it or print it.
BUTTONS = '''
#                                     clerk  review cash   acc    audit  admin
bill.fetch                            -      -      x      x      -      -
bill.line.explain                     -      -      -      x      -      -
certificate.revoke                    -      -      -      -      -      x
invoice.cancel                        -      -      -      x      -      -
invoice.edit                          -      -      -      x      -      -
invoice.fail_by_hand                  -      -      -      x      -      -
invoice.grant_red                     -      -      -      x      -      -
invoice.issue_by_hand                 -      -      -      x      -      -
invoice.mail                          -      -      -      x      -      -
invoice.note_red                      -      -      -      x      -      -
invoice.refuse_red                    -      -      -      x      -      -
invoice.send                          -      -      -      x      -      -
invoice.start_red                     -      -      -      x      -      -
merchant.check                        -      -      -      x      -      x
notification.retry                    -      x      -      -      -      x
payment.query                         -      -      x      x      -      x
print_job.refresh                     x      x      x      x      x      x
print_job.retry                       x      x      -      -      -      x
refund.approve                        -      x      x      x      -      x
refund.query                          -      -      x      x      -      x
refund.reject                         -      x      x      x      -      x
refund.retry                          -      -      x      x      -      x
refund.settle_by_hand                 -      -      x      x      -      x
registration-training.subject.change  -      x      -      -      -      x
registration.approve                  -      x      -      -      -      x
registration.approve_many             -      x      -      -      -      x
registration.check_in                 x      x      -      -      -      x
registration.reject                   -      x      -      -      -      x
registration.reject_many              -      x      -      -      -      x
registration.settle                   -      x      x      x      -      x
registration.show_id_number           -      x      -      -      -      x
registration.undo                     -      x      -      -      -      x
registration.undo_check_in            x      x      -      -      -      x
session.allocate_seats                -      -      -      -      -      x
session.cancel                        -      -      -      -      -      x
session.close                         -      -      -      -      -      x
session.enter_results                 -      x      -      -      -      x
session.finish                        -      -      -      -      -      x
session.import_results                -      x      -      -      -      x
session.issue_certificates            -      -      -      -      -      x
session.open                          -      -      -      -      -      x
session.print_papers                  x      x      -      -      -      x
session.print_poster                  x      x      -      -      -      x
session.publish_admission             -      -      -      -      -      x
session.publish_attendance            -      -      -      -      -      x
session.publish_results               -      -      -      -      -      x
trainee.claim.accept                  -      x      -      -      -      x
trainee.claim.refuse                  -      x      -      -      -      x
trainee.correct                       -      x      -      -      -      x
trainee.erase                         -      -      -      -      -      x
trainee.show_id_number                -      x      -      -      -      x
'''
WIZARDS = '''
#                                     clerk  review cash   acc    audit  admin
bill.explain                          -      -      -      x      -      -
bill.fetch                            -      -      x      x      -      -
certificate.issue                     -      -      -      -      -      x
certificate.revoke                    -      -      -      -      -      x
check_in                              x      x      -      -      -      x
dashboard.attention.open              -      x      x      x      x      x
id_number.show                        -      x      -      -      -      x
invoice.edit                          -      -      -      x      -      -
invoice.export                        -      -      -      x      -      -
invoice.fail                          -      -      -      x      -      -
invoice.import.file                   -      -      -      x      -      -
invoice.issue                         -      -      -      x      -      -
invoice.note_red                      -      -      -      x      -      -
invoice.refuse_red                    -      -      -      x      -      -
invoice.send                          -      -      -      x      -      -
invoice.start_red                     -      -      -      x      -      -
invoice.template                      -      -      -      x      -      -
ledger.print                          -      x      x      x      x      x
print                                 x      x      -      -      -      x
refund.reject                         -      x      x      x      -      x
registration.approve                  -      x      -      -      -      x
registration.reject                   -      x      -      -      -      x
result.change                         -      x      -      -      -      x
result.import                         -      x      -      -      -      x
roster.export                         x      x      x      x      x      x
session.next_period                   -      -      -      -      -      x
session.poster                        x      x      -      -      -      x
session.seat                          -      -      -      -      -      x
trainee.correct                       -      x      -      -      -      x
trainee.erase                         -      -      -      -      -      x
'''
REPORTS = '''
#                                     clerk  review cash   acc    audit  admin
certificate                           -      x      -      -      -      x
invoice.csv                           -      x      x      x      x      x
invoice.list                          -      x      x      x      x      x
ledger                                -      x      x      x      x      x
registration.admission                x      x      -      -      -      x
registration.attendance               x      x      -      -      -      x
registration.desk_label               x      x      -      -      -      x
registration.sign_sheet               x      x      -      -      -      x
roster                                x      x      x      x      x      x
session.poster                        x      x      -      -      -      x
'''


def table(text):
    "Return {name: {role: rights}} of a table"
    return {
        f"training.{name.lstrip('*')}": dict(zip(ROLES, rights, strict=True))
        for name, *rights in map(str.split, text.strip().splitlines())
        if name != '#'}


SHARED = {f'training.{name}' for name in re.findall(r'^\*(\S+)', MODELS, re.M)}


def column(text, role):
    return {name: row[role] for name, row in table(text).items()}


def missing(found, text, what):
    "Return what to tell of things that are not in a table"
    names = table(text).keys()
    return [
        f"{what} {name}: add its row to the tables of {__file__}"
        for name in sorted(found - names)] + [
        f"{what} {name}: take its row away, it is gone"
        for name in sorted(names - found)]
