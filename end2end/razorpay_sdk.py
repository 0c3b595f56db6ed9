"""Razorpay's own Python package against our double, and as the judge of signatures.

`razorpay_sdk.py URL KEY SECRET` reads lines of JSON and answers each with one:
  {"do": "links"}      makes, finds, lists and cancels links, with each refusal that is documented
  {"do": "payments", "link": ID}  looks at the payment of a paid link and pays it back
  {"do": "callback", "query": {...}, "link": ID}   whether the package takes the signature of a callback
  {"do": "webhook", "body": TEXT, "signature": HEX, "secret": TEXT}   the same of a webhook
"""
import json
import sys
import time

import razorpay
from razorpay.errors import BadRequestError, SignatureVerificationError


def refused(call, words):
    try:
        call()
    except BadRequestError as error:
        assert words in str(error), str(error)
    else:
        raise AssertionError(f'not refused: {words}')


def links(client):
    now = int(time.time())
    wish = {
        'amount': 50000, 'currency': 'INR', 'accept_partial': False, 'reference_id': f'sdk-{now}',
        'description': 'One month', 'expire_by': now + 3600, 'notify': {'sms': False, 'email': False},
        'reminder_enable': False, 'notes': {'plan': 'plus'}, 'callback_url': 'http://127.0.0.1:1/back', 'callback_method': 'get',
    }
    link = client.payment_link.create(wish)
    assert link['status'] == 'created' and link['amount_paid'] == 0 and link['notes'] == {'plan': 'plus'}, link
    refused(lambda: client.payment_link.create(wish), 'already exists')
    assert client.payment_link.fetch(link['id'])['short_url'] == link['short_url']
    found = client.payment_link.all({'reference_id': wish['reference_id']})
    assert [one['id'] for one in found['payment_links']] == [link['id']], found
    for name, value, words in [
        ('amount', 99, 'at least INR 1.00'), ('amount', '1.5', 'integer'), ('currency', 'XXX', 'not supported'),
        ('reference_id', 'x' * 41, '40'), ('expire_by', now + 60, '15 minutes'), ('expire_by', now + 400 * 86400, '6 months'),
        ('notes', {'a': 'x' * 257}, '256'), ('notes', {str(n): 'a' for n in range(16)}, '15'), ('callback_method', 'post', 'get'),
        ('surprise', 1, 'should not be sent'),
    ]:
        refused(lambda: client.payment_link.create({**wish, 'reference_id': f'other-{now}', name: value}), words)
    assert client.payment_link.cancel(link['id'])['status'] == 'cancelled'
    refused(lambda: client.payment_link.cancel(link['id']), 'cancelled')
    refused(lambda: client.payment_link.fetch('plink_00000000000000'), 'does not exist')
    stranger = razorpay.Client(auth=(client.auth[0], 'another secret'), base_url=client.base_url)
    refused(lambda: stranger.payment_link.all(), 'Authentication failed')
    order = client.order.create({'amount': 100, 'currency': 'INR', 'receipt': f'r-{now}'})
    assert client.order.fetch(order['id'])['status'] == 'created'
    assert client.order.payments(order['id'])['items'] == []
    return {'cancelled': link['id']}


def payments(client, link_id):
    link = client.payment_link.fetch(link_id)
    assert link['status'] == 'paid' and link['amount_paid'] == link['amount'], link
    payment = client.payment.fetch(link['payments'][0]['payment_id'])
    assert payment['status'] == 'captured' and payment['order_id'] == link['order_id'], payment
    assert payment['id'] in [one['id'] for one in client.payment.all({'count': 100})['items']]
    assert client.payment.all({'to': payment['created_at'] - 1})['items'] == []
    refused(lambda: client.payment.refund(payment['id'], {'amount': payment['amount'] + 1}), 'greater')
    key = {'headers': {'X-Refund-Idempotency': f'sdk-refund-{payment["id"]}'}}
    refund = client.payment.refund(payment['id'], {'amount': 1000, 'notes': []}, **key)
    again = client.payment.refund(payment['id'], {'amount': 1000, 'notes': []}, **key)
    assert refund['id'] == again['id'] and refund['status'] == 'processed', (refund, again)
    refused(lambda: client.payment.refund(payment['id'], {'amount': 2000, 'notes': []}, **key), 'same Idempotency')
    assert client.refund.fetch(refund['id'])['amount'] == 1000
    assert [one['id'] for one in client.payment.fetch_multiple_refund(payment['id'])['items']] == [refund['id']]
    assert client.payment.fetch(payment['id'])['refund_status'] == 'partial'
    client.payment.refund(payment['id'], {})
    refused(lambda: client.payment.refund(payment['id'], {}), 'fully refunded')
    return {'payment': payment['id'], 'refund': refund['id']}


def judged(verify):
    try:
        return {'taken': bool(verify())}
    except SignatureVerificationError:
        return {'taken': False}


def callback(client, query, link_id):
    return judged(lambda: client.utility.verify_payment_link_signature({
        'payment_link_id': link_id,
        'payment_link_reference_id': query['razorpay_payment_link_reference_id'],
        'payment_link_status': query['razorpay_payment_link_status'],
        'razorpay_payment_id': query['razorpay_payment_id'],
        'razorpay_signature': query['razorpay_signature'],
    }))


def main():
    url, key, secret = sys.argv[1:]
    client = razorpay.Client(auth=(key, secret), base_url=url)
    for line in sys.stdin:
        asked = json.loads(line)
        match asked['do']:
            case 'links':
                answer = links(client)
            case 'payments':
                answer = payments(client, asked['link'])
            case 'callback':
                answer = callback(client, asked['query'], asked['link'])
            case 'webhook':
                answer = judged(lambda: client.utility.verify_webhook_signature(asked['body'], asked['signature'], asked['secret']))
        print(json.dumps(answer), flush=True)


main()
