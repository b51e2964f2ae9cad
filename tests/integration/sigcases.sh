#!/bin/sh
# sigcases.sh DIR: signature files of every kind, good and hostile, into DIR,
# which is empty.  Each case is a directory of its own:
#
#	DIR/case-NAME/data	what is said to be signed
#	DIR/case-NAME/sig	the signature file
#	DIR/case-NAME/key	the key file that the user pinned
#	DIR/case-NAME/expect	what airlock must say: "good"; "untrusted"; or
#				"refused", which is about the key file: it is
#				looked at before anything else
#	DIR/case-NAME/quorum-2	only if it differs: what airlock must say where
#				Sequoia is asked as well
#	DIR/case-NAME/why	one line for people
#
# Whoever knows a way to fool an OpenPGP engine adds a case here.  Needs gpg
# with gpg-agent, and python3 for what gpg refuses to make.  Dates are set by
# gpg's own --faked-system-time, so the cases are the same on every day.
set -eu

dir=$(cd "$1" && pwd)
# Short: the path of the agent's socket must fit into 108 bytes.
home=$(mktemp -d /tmp/sig.XXXXXX)
end() {
	gpgconf --homedir "$home" --kill gpg-agent 2>/dev/null || :
	rm -rf "$home"
}
trap end EXIT
trap 'exit 1' HUP INT TERM

# pgp ARGUMENT...: gpg without questions, in its own home.
pgp() {
	LC_ALL=C gpg --homedir "$home" --batch --no-tty --quiet --yes \
	    --pinentry-mode loopback --passphrase '' "$@" 2>>"$home/log" || {
		cat "$home/log" >&2
		return 1
	}
}

# at DAY ARGUMENT...: the same, at noon of that day.
at() {
	at_day=$1
	shift
	pgp --faked-system-time "${at_day}T120000!" "$@"
}

# fpr NAME: the fingerprint of its primary key.
fpr() {
	pgp --with-colons --list-keys "=$1" | awk -F: '$1 == "fpr" {
		print $10; exit }'
}

# key_new NAME ALGORITHM USAGE EXPIRES: made in 2020.
key_new() {
	at 20200601 --quick-generate-key "$1" "$2" "$3" "$4"
}

# key_export NAME: $home/NAME.key, armored.
key_export() {
	pgp --armor --export "=$1" >"$home/$1.key"
}

# sign KEY DATA SIG [OPTION...]: as gpg does it by default.
sign() {
	sign_key="=$1" sign_data=$2 sign_sig=$3
	shift 3
	pgp --local-user "$sign_key" --digest-algo SHA256 "$@" \
	    --output "$sign_sig" --detach-sign "$sign_data"
}

# case_new NAME EXPECT KEY WHY: its directory $c, with data and key.
case_new() {
	c=$dir/case-$1
	mkdir "$c"
	cp "$home/data" "$c/data"
	cp "$home/$3.key" "$c/key"
	echo "$2" >"$c/expect"
	echo "$4" >"$c/why"
}

# ---- keys ----

printf 'pinentry-mode loopback\n' >"$home/gpg.conf"
printf 'allow-loopback-pinentry\n' >"$home/gpg-agent.conf"
key_new ed ed25519 sign never
key_new rsa rsa2048 sign never
key_new ecdsa nistp256 sign never
key_new other ed25519 sign never
key_new dsa dsa2048 sign never
key_new certifier rsa2048 cert never
key_new short rsa1024 sign never
key_new sub ed25519 cert never
key_new lapsed ed25519 sign 2021-01-01
at 20200601 --cert-digest-algo SHA1 --quick-generate-key weak rsa2048 sign never
key_new shortened ed25519 sign never
key_new revoked ed25519 sign never
key_new subrevoked ed25519 cert never
key_new sublapsed ed25519 cert never
at 20200615 --quick-add-key "$(fpr sub)" ed25519 sign never
at 20200615 --quick-add-key "$(fpr sub)" cv25519 encr never
at 20200615 --quick-add-key "$(fpr subrevoked)" ed25519 sign never
at 20200615 --quick-add-key "$(fpr sublapsed)" ed25519 sign 2021-01-01
for name in ed rsa ecdsa other sub lapsed weak dsa certifier short; do
	key_export "$name"
done
pgp --armor --export =ed =rsa >"$home/both.key"
cat "$home/ed.key" "$home/rsa.key" >"$home/blocks.key"
{
	echo 'Our release keys, as of 2020:'
	echo
	cat "$home/ed.key"
	echo 'Do not trust others.'
} >"$home/letter.key"
pgp --export =ed >"$home/binary.key"
: >"$home/none.key"

awk 'BEGIN { for (i = 0; i < 4000; i++) print "line", i, i * i }' >"$home/data"
cp "$home/data" "$home/other-data"
echo 'and a line more' >>"$home/other-data"

# ---- good, as gpg makes them ----

case_new rsa good rsa 'RSA, SHA-256'
sign rsa "$c/data" "$c/sig"
case_new ed25519 good ed 'Ed25519, SHA-256'
sign ed "$c/data" "$c/sig"
case_new ecdsa good ecdsa 'ECDSA on P-256'
sign ecdsa "$c/data" "$c/sig"
case_new sha512 good ed 'SHA-512'
sign ed "$c/data" "$c/sig" --digest-algo SHA512
case_new sha384 good rsa 'SHA-384'
sign rsa "$c/data" "$c/sig" --digest-algo SHA384
case_new subkey good sub 'by a signing subkey that is bound to the key'
sign sub "$c/data" "$c/sig"
fpr sub >"$c/primary"
case_new empty-data good ed 'a signature over a file of no bytes'
: >"$c/data"
sign ed "$c/data" "$c/sig"
case_new two-keys good both 'the key file has two keys in one block'
sign rsa "$c/data" "$c/sig"
case_new two-blocks good blocks 'the key file has two blocks'
sign rsa "$c/data" "$c/sig"
case_new key-letter good letter 'the key file has text around its block'
sign ed "$c/data" "$c/sig"
case_new key-binary refused binary 'a good key, but not armored'
sign ed "$c/data" "$c/sig"
case_new notation good ed 'a notation that may be ignored'
sign ed "$c/data" "$c/sig" --sig-notation path@example.org=ed/raw/x/1
case_new armor good ed 'armored'
sign ed "$c/data" "$c/sig" --armor
case_new armor-headers good ed 'armored, with headers'
sign ed "$c/data" "$c/sig" --armor --emit-version --comment 'by: hand'
case_new old good ed 'made years ago'
sign ed "$c/data" "$c/sig" --faked-system-time 20200701T000000
case_new sig-not-yet-expired good ed 'expires, but not soon'
sign ed "$c/data" "$c/sig" --default-sig-expire 20y

# ---- good signatures that are not good enough ----

case_new other-key untrusted ed 'by a key that is not in the key file'
sign other "$c/data" "$c/sig"
case_new sha1 untrusted rsa 'SHA-1'
sign rsa "$c/data" "$c/sig" --digest-algo SHA1
case_new key-sha1 good weak 'the key vouches for itself with SHA-1'
sign weak "$c/data" "$c/sig"
echo untrusted >"$c/quorum-2"
case_new rsa1024 untrusted short 'RSA with 1024 bits'
sign short "$c/data" "$c/sig"
case_new dsa untrusted dsa 'DSA'
sign dsa "$c/data" "$c/sig"
case_new ripemd untrusted rsa 'RIPEMD-160'
sign rsa "$c/data" "$c/sig" --digest-algo RIPEMD160
case_new sig-expired untrusted ed 'the signature has expired'
at 20200615 --local-user =ed --digest-algo SHA256 --default-sig-expire 30d \
    --output "$c/sig" --detach-sign "$c/data"
case_new future untrusted ed 'made in the future'
at 20950615 --local-user =ed --digest-algo SHA256 --output "$c/sig" \
    --detach-sign "$c/data"
case_new text-mode untrusted ed 'a signature over text, line ends do not count'
sign ed "$c/data" "$c/sig" --textmode
case_new text-mode-crlf untrusted ed 'the same, and line ends were changed'
sign ed "$c/data" "$c/sig" --textmode
awk '{ printf "%s\r\n", $0 }' "$home/data" >"$c/data"
case_new notation-critical untrusted ed 'a critical notation that nobody knows'
sign ed "$c/data" "$c/sig" --sig-notation '!path@example.org=ed/raw/x/1'
case_new two-signers untrusted both 'two good signatures by two keys'
pgp --local-user =ed --local-user =rsa --digest-algo SHA256 \
    --output "$c/sig" --detach-sign "$c/data"
case_new two-signers-known-last untrusted ed 'an unknown and a good signature'
pgp --local-user =other --local-user =ed --digest-algo SHA256 \
    --output "$c/sig" --detach-sign "$c/data"

# ---- keys that expired or were revoked ----

# The engine judges by today, airlock by when the signature was made.
case_new key-lapsed-since good lapsed 'made while the key was valid'
sign lapsed "$c/data" "$c/sig" --faked-system-time 20200801T000000
sign shortened "$home/data" "$home/late.sig" \
    --faked-system-time 20220801T000000
at 20200615 --quick-set-expire "$(fpr shortened)" 2021-01-01
key_export shortened
case_new key-lapsed-before untrusted shortened 'made after the key had expired'
cp "$home/late.sig" "$c/sig"
sign sublapsed "$home/data" "$home/subkey.sig" \
    --faked-system-time 20200801T000000
key_export sublapsed
case_new subkey-lapsed-since good sublapsed 'made while the subkey was valid'
cp "$home/subkey.sig" "$c/sig"

sign revoked "$home/data" "$home/revoked.sig"
key_export revoked
cp "$home/revoked.key" "$home/unrevoked.key"
sed 's/^:-/-/' "$home/openpgp-revocs.d/$(fpr revoked).rev" |
    pgp --import 2>/dev/null
key_export revoked
pgp --export =revoked >"$home/revoked.bin"
case_new key-not-revoked good unrevoked 'as the next, before the revocation'
cp "$home/revoked.sig" "$c/sig"
case_new key-revoked untrusted revoked 'the key was revoked'
cp "$home/revoked.sig" "$c/sig"
sign subrevoked "$home/data" "$home/subrevoked.sig"
printf '%s\n' 'key 1' revkey y 0 '' y save |
    pgp --command-fd 0 --edit-key "$(fpr subrevoked)" >/dev/null
key_export subrevoked
case_new subkey-revoked untrusted subrevoked 'the signing subkey was revoked'
cp "$home/subrevoked.sig" "$c/sig"

# ---- key files that are none ----

case_new key-empty refused none 'the key file is empty'
sign ed "$c/data" "$c/sig"
case_new key-text refused none 'the key file is a text'
sign ed "$c/data" "$c/sig"
cp "$c/data" "$c/key"
case_new key-secret refused none 'the key file is a secret key'
sign ed "$c/data" "$c/sig"
pgp --armor --export-secret-keys =ed >"$c/key"
case_new key-is-signature refused none 'the key file is a signature'
sign ed "$c/data" "$c/sig"
sign ed "$c/data" "$c/key" --armor
case_new key-damaged untrusted none 'a wrong checksum in the key file'
sign ed "$c/data" "$c/sig"
awk '/^=/ { print "=AAAA"; next } { print }' "$home/ed.key" >"$c/key"
case_new key-one-damaged untrusted none 'one of two blocks is damaged'
sign ed "$c/data" "$c/sig"
cat "$home/ed.key" "$dir/case-key-damaged/key" >"$c/key"
case_new key-twice untrusted none 'the same key twice, once without revocation'
cp "$home/revoked.sig" "$c/sig"
cat "$home/unrevoked.key" "$home/revoked.key" >"$c/key"

# ---- not a detached signature ----

case_new inline untrusted ed 'an inline message'
pgp --local-user =ed --compress-algo none --output "$c/sig" --sign "$c/data"
case_new inline-compressed untrusted ed 'an inline message, compressed'
pgp --local-user =ed --compress-algo zip --output "$c/sig" --sign "$c/data"
case_new clearsigned untrusted ed 'a clear-signed text'
pgp --local-user =ed --output "$c/sig" --clear-sign "$c/data"
case_new encrypted untrusted ed 'a message, encrypted by a password'
pgp --passphrase x --output "$c/sig" --symmetric "$c/data"
case_new sig-is-key untrusted ed 'the signature file is the key file'
cp "$c/key" "$c/sig"
case_new sig-is-data untrusted ed 'the signature file is the data'
cp "$c/data" "$c/sig"
case_new swapped untrusted ed 'the signature is given as data'
sign ed "$home/data" "$c/data"
cp "$home/data" "$c/sig"
case_new sig-empty untrusted ed 'the signature file is empty'
: >"$c/sig"

# ---- armor ----

# armored NAME EXPECT WHY SED-SCRIPT: ed's armored signature, edited.
armored() {
	case_new "$1" "$2" ed "$3"
	sed "$4" "$dir/case-armor/sig" >"$c/sig"
}

armored armor-crlf good 'armored, with line ends of Windows' 's/$/\r/'
armored armor-no-checksum good 'armored, without a checksum' '/^=/d'
armored armor-checksum untrusted 'armored, with a wrong checksum' \
    's/^=....$/=AAAA/'
armored armor-before untrusted 'text before the armor' '1i\
The release is signed:'
armored armor-after untrusted 'text after the armor' '$a\
and this line too'
armored armor-no-blank untrusted 'no empty line before the base64' '/^$/d'
armored armor-no-end untrusted 'the last line is missing' '$d'
armored armor-label untrusted 'called a message' 's/SIGNATURE/MESSAGE/'
armored armor-labels untrusted 'begin and end have different names' \
    '1s/SIGNATURE/MESSAGE/'
armored armor-characters untrusted 'foreign characters in the base64' \
    '4s/^./&!/'
armored armor-only untrusted 'no base64 at all' '/^[^-]/d'
case_new armor-twice untrusted ed 'two armored blocks'
cat "$dir/case-armor/sig" "$dir/case-armor/sig" >"$c/sig"
case_new armor-other untrusted ed 'an armored block by somebody else'
sign other "$c/data" "$c/sig" --armor

# ---- bytes that gpg does not write ----

pgp --export =ed >"$home/ed.bin"
pgp --export =sub >"$home/sub.bin"
pgp --export-secret-keys =rsa >"$home/rsa.secret"
pgp --export-secret-keys =certifier >"$home/certifier.secret"
pgp --export =rsa >"$home/rsa.bin"
python3 - "$dir" "$home" <<'END'
import base64
import hashlib
import os
import sys

top, home = sys.argv[1:]


def read(path):
    with open(path, 'rb') as file:
        return file.read()


def packet(tag, body):
    """A packet with a new header, RFC 9580 section 4.2.1."""
    return bytes([0xc0 | tag, 255]) + len(body).to_bytes(4, 'big') + body


def split(stream):
    """(tag, body) of each packet with an old or a new header."""
    packets = []
    while stream:
        first = stream[0]
        if first & 0x40:
            tag, n = first & 63, stream[1]
            size = 1
            if n == 255:
                n, size = int.from_bytes(stream[2:6], 'big'), 5
            elif n >= 192:
                n, size = ((n - 192) << 8) + stream[2] + 192, 2
        else:
            tag, size = first >> 2 & 15, 1 << (first & 3)
            n = int.from_bytes(stream[1:1 + size], 'big')
        packets.append((tag, stream[1 + size:1 + size + n]))
        stream = stream[1 + size + n:]
    return packets


def areas(body):
    """A version 4 signature: head, hashed area, unhashed area, rest."""
    hashed = int.from_bytes(body[4:6], 'big')
    at = 6 + hashed
    unhashed = int.from_bytes(body[at:at + 2], 'big')
    return (body[:4], body[6:at], body[at + 2:at + 2 + unhashed],
            body[at + 2 + unhashed:])


def joined(head, hashed, unhashed, rest):
    return (head + len(hashed).to_bytes(2, 'big') + hashed +
            len(unhashed).to_bytes(2, 'big') + unhashed + rest)


def subpacket(kind, body):
    return bytes([255]) + (1 + len(body)).to_bytes(4, 'big') + \
        bytes([kind]) + body


data = read(home + '/data')
good = read(top + '/case-ed25519/sig')
rsa = read(top + '/case-rsa/sig')
ed_key = read(home + '/ed.key')
ed_key_binary = read(home + '/ed.bin')
body = split(good)[0][1]
head, hashed, unhashed, rest = areas(body)
inline = read(top + '/case-inline/sig')


def case(name, expect, why, sig, data=data, key=ed_key):
    path = top + '/case-' + name
    os.mkdir(path)
    for file, content in (('data', data), ('sig', sig), ('key', key),
                          ('expect', expect.encode() + b'\n'),
                          ('why', why.encode() + b'\n')):
        with open(path + '/' + file, 'wb') as out:
            out.write(content)


def armored(stream):
    """A key file, RFC 9580 section 6.2."""
    text = base64.encodebytes(stream)
    return b'-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n' + text + \
        b'-----END PGP PUBLIC KEY BLOCK-----\n'


def flipped(sig, at, bit=1):
    at %= len(sig)
    return sig[:at] + bytes([sig[at] ^ bit]) + sig[at + 1:]


# The data.
case('data-changed', 'untrusted', 'one bit of the data was changed', good,
     flipped(data, 1000))
case('data-longer', 'untrusted', 'a byte was appended', good, data + b'\n')
case('data-shorter', 'untrusted', 'the last byte is missing', good, data[:-1])
case('data-empty', 'untrusted', 'no data at all', good, b'')
case('data-other', 'untrusted', 'the signature of another file', good,
     read(home + '/other-data'))

# The same signature in other words.
case('header-new', 'good', 'a new packet header, length in five octets',
     packet(2, body))
case('header-old', 'good', 'an old packet header, length in four octets',
     b'\x8a' + len(body).to_bytes(4, 'big') + body)
case('unhashed', 'good', 'an unhashed notation, which counts for nothing',
     packet(2, joined(head, hashed, unhashed + subpacket(
         20, bytes(4) + b'\0\4\0\1a@bcx'), rest)))
case('unhashed-no-issuer', 'good', 'without an unhashed issuer',
     packet(2, joined(head, hashed, b'', rest)))

# Lengths.
case('header-partial', 'untrusted', 'a partial body length',
     b'\xc2' + bytes([0xe0 | 6]) + body[:64] + bytes([len(body) - 64]) +
     body[64:])
case('header-indeterminate', 'untrusted', 'a packet without length',
     b'\x8b' + body)
case('header-long', 'untrusted', 'the packet is longer than the file',
     b'\xc2' + bytes([len(body) + 1]) + body)
case('header-short', 'untrusted', 'the file is longer than the packet',
     b'\xc2' + bytes([len(body) - 1]) + body)
case('sig-truncated', 'untrusted', 'the file was cut', good[:-7])
case('sig-large', 'untrusted', 'a good signature with 60 kB of unhashed area',
     packet(2, joined(head, hashed, unhashed + subpacket(
         20, bytes(4) + b'\0\3' + (59000).to_bytes(2, 'big') + b'a@b' +
         bytes(59000)), rest)))
case('areas', 'untrusted', 'the hashed area is longer than the packet',
     packet(2, head + b'\xff\xff' + hashed + rest))

# What stands around it.
case('trailing-zero', 'untrusted', 'a zero octet behind it', good + b'\0')
case('trailing-junk', 'untrusted', 'junk behind it', good + b'junk\n' * 20)
case('leading-junk', 'untrusted', 'junk before it', b'junk\n' + good)
case('twice', 'untrusted', 'the same signature twice', good + good)
case('two', 'untrusted', 'a bad one, then a good one',
     flipped(good, -5) + good)
case('two-bad-last', 'untrusted', 'a good one, then a bad one',
     good + flipped(good, -5))
case('marker', 'untrusted', 'a marker packet before it',
     packet(10, b'PGP') + good)
case('user-id', 'untrusted', 'a user id before it',
     packet(13, b'ed') + good)
case('key-before', 'untrusted', 'the key itself before it',
     read(home + '/ed.bin') + good)
case('compressed', 'untrusted', 'within a compressed packet',
     packet(8, b'\0' + good))
case('literal', 'untrusted', 'another text, as a literal packet, before it',
     packet(11, b'b\0' + bytes(4) + b'other\n') + good)
case('inline-and-detached', 'untrusted', 'an inline message behind it',
     good + inline)

# What it says of itself.
case('version-3', 'untrusted', 'says it is of version 3',
     packet(2, b'\3' + body[1:]))
case('version-5', 'untrusted', 'says it is of version 5',
     packet(2, b'\5' + body[1:]))
case('type-text', 'untrusted', 'says it is over text',
     packet(2, body[:1] + b'\1' + body[2:]))
case('type-standalone', 'untrusted', 'says it is over nothing',
     packet(2, body[:1] + b'\2' + body[2:]))
case('algorithm', 'untrusted', 'says it is RSA',
     packet(2, body[:2] + b'\1' + body[3:]))
case('hash-md5', 'untrusted', 'says it is over MD5',
     packet(2, body[:3] + b'\1' + body[4:]))
case('hash-unknown', 'untrusted', 'an unknown hash algorithm',
     packet(2, body[:3] + b'\x6e' + body[4:]))
case('sig-flipped', 'untrusted', 'one bit of the signature was changed',
     flipped(good, -5))
case('sig-flipped-rsa', 'untrusted', 'one bit of an RSA signature was changed',
     flipped(rsa, -5), key=read(home + '/rsa.key'))
case('sig-flipped-hashed', 'untrusted', 'one bit of the time was changed',
     packet(2, joined(head, flipped(hashed, -3), unhashed, rest)))
case('sig-zero', 'untrusted', 'numbers of the signature are zero',
     packet(2, joined(head, hashed, unhashed, rest[:2] + b'\0\0\0\0')))
case('critical-unknown', 'untrusted', 'an unknown critical subpacket',
     packet(2, joined(head, hashed + subpacket(0x80 | 99, b'x'), unhashed,
                      rest)))
case('certification', 'untrusted', "the key's own certification of its name",
     [packet(t, b) for t, b in split(read(home + '/ed.bin')) if t == 2][0])
case('junk', 'untrusted', 'junk', bytes(range(256)) * 3)

# Keys.  gpg writes such trust packets into its keyring to remember that it
# looked at a signature (bit 0) and found it good (bit 1).  Here the author of
# the key file claims that it did.
looked_bad, looked_good = (packet(12, b'\0' + bytes([n]) + b'gpg\0')
                           for n in (1, 3))
revoked = [packet(t, b) for t, b in split(read(home + '/revoked.bin'))]
case('key-trust-revoked', 'untrusted', 'a trust packet hides the revocation',
     read(home + '/revoked.sig'),
     key=armored(revoked[0] + revoked[1] + looked_bad +
                 b''.join(revoked[2:])))


def mpi(number):
    return number.bit_length().to_bytes(2, 'big') + \
        number.to_bytes((number.bit_length() + 7) // 8, 'big')


def mpis(stream, count):
    numbers = []
    for _ in range(count):
        size = (int.from_bytes(stream[:2], 'big') + 7) // 8
        numbers.append(int.from_bytes(stream[2:2 + size], 'big'))
        stream = stream[2 + size:]
    return numbers, stream


def hashed_key(body):
    return b'\x99' + len(body).to_bytes(2, 'big') + body


PREFIX = {'sha256': '3031300d060960864801650304020105000420',
          'md5': '3020300c06082a864886f70d020505000410'}


def rsa_number(digest, name, secret):
    """RFC 8017 section 9.2: the left two octets, and the signature."""
    block = bytes.fromhex(PREFIX[name]) + digest
    block = b'\0\1' + b'\xff' * (253 - len(block)) + b'\0' + block
    modulus, exponent = secret
    return digest[:2] + mpi(pow(int.from_bytes(block, 'big'), exponent,
                                modulus))


def rsa_signature(kind, area, over, secret, version=4, name='sha256',
                  unhashed=b''):
    """Version 4 (5: as a draft of RFC 9580 had it), RSA."""
    top = bytes([version, kind, 1, {'sha256': 8, 'md5': 1}[name]]) + \
        len(area).to_bytes(2, 'big') + area
    end = len(top).to_bytes(4, 'big')
    if version == 5:
        # An empty literal packet's head, for a detached signature.
        over, end = over + bytes(6), bytes(4) + end
    digest = hashlib.new(name, over + top + bytes([version, 0xff]) +
                         end).digest()
    return top + len(unhashed).to_bytes(2, 'big') + unhashed + \
        rsa_number(digest, name, secret)


def rsa_signature_3(kind, issuer_id, over, secret):
    """Version 3, RFC 9580 section 5.2.2."""
    hashed_part = bytes([kind]) + (1600000000).to_bytes(4, 'big')
    digest = hashlib.sha256(over + hashed_part).digest()
    return b'\3\5' + hashed_part + issuer_id + b'\1\x08' + \
        rsa_number(digest, 'sha256', secret)


def secret_of(path):
    """A primary key's public part, and (modulus, private exponent)."""
    top_key = split(read(path))[0][1]
    (n, e), tail = mpis(top_key[6:], 2)
    (d,), _ = mpis(tail[1:], 1)
    return top_key[:6] + mpi(n) + mpi(e), (n, d)


def key_id(public):
    return hashlib.sha1(hashed_key(public)).digest()[-8:]


# Mallory owns an RSA key and says that it is a subkey of ed's: it agrees to be
# one (type 0x19, a true signature), ed's agreement (type 0x18) is invented.
public_body, rsa_secret = secret_of(home + '/rsa.secret')
victim = split(ed_key_binary)[0][1]
both = hashed_key(victim) + hashed_key(public_body)
made = subpacket(2, (1600000000).to_bytes(4, 'big'))
issuer = hashlib.sha1(hashed_key(victim)).digest()
agrees = rsa_signature(0x19, made + subpacket(
    16, key_id(public_body)), both, rsa_secret)
invented = rsa_signature(0x18, made + subpacket(27, b'\2') +
                         subpacket(16, issuer[-8:]) +
                         subpacket(32, agrees), both, (rsa_secret[0], 65537))
stolen = ed_key_binary + packet(14, public_body) + packet(2, invented)
case('key-stolen', 'untrusted', "a foreign subkey, ed's signature is invented",
     rsa, key=armored(stolen))
case('key-trust-stolen', 'untrusted', 'the same, and a trust packet says good',
     rsa, key=armored(stolen + looked_good))
sub_sig = read(top + '/case-subkey/sig')
sub = split(read(home + '/sub.bin'))
signing = [i for i, (t, b) in enumerate(sub) if t == 14][0]
case('key-unbound', 'untrusted', 'a subkey without a binding signature',
     sub_sig, key=armored(b''.join(packet(t, b) for i, (t, b) in
                                   enumerate(sub) if i != signing + 1)))
case('key-truncated', 'untrusted', 'the key file was cut', good,
     key=armored(ed_key_binary[:-9]))
case('key-many', 'untrusted', 'more subkeys than airlock takes', good,
     key=armored(ed_key_binary + b''.join(
         packet(14, b'\4' + (1600000000 + n).to_bytes(4, 'big') + b'\1' +
                mpi(1 << 2047 | 2 * n + 1) + mpi(65537)) for n in range(20))))
case('key-literal', 'untrusted', 'a key file with data in it', good,
     key=armored(ed_key_binary + packet(11, b'b\0' + bytes(4) + b'text')))

# True signatures, of kinds that must not count.
by_rsa = subpacket(16, key_id(public_body))
rsa_key = read(home + '/rsa.key')


def true_case(name, why, made_body, expect='untrusted', **more):
    case(name, expect, why, packet(2, made_body), key=rsa_key, **more)


true_case('rsa-by-hand', 'made as the following ones are, and good',
          rsa_signature(0, made, data, rsa_secret, unhashed=by_rsa), 'good')
true_case('true-version-3', 'a true signature of version 3',
          rsa_signature_3(0, key_id(public_body), data, rsa_secret))
true_case('true-version-5', 'a true signature of version 5',
          rsa_signature(0, made, data, rsa_secret, 5, unhashed=by_rsa))
true_case('true-md5', 'a true signature with MD5',
          rsa_signature(0, made, data, rsa_secret, name='md5',
                        unhashed=by_rsa))
true_case('true-standalone', 'a true signature over nothing at all',
          rsa_signature(2, made, b'', rsa_secret, unhashed=by_rsa))
true_case('true-timestamp', 'a true timestamp of the data',
          rsa_signature(0x40, made, data, rsa_secret, unhashed=by_rsa))
true_case('true-third-party', 'a true confirmation of another signature',
          rsa_signature(0x50, made, data, rsa_secret, unhashed=by_rsa))
true_case('empty-elsewhere', 'a true signature of the empty file',
          rsa_signature(0, made, b'', rsa_secret, unhashed=by_rsa))
true_case('no-time', 'says nowhere when it was made',
          rsa_signature(0, b'', data, rsa_secret, unhashed=by_rsa))
true_case('time-unhashed', 'says when it was made, but does not sign that',
          rsa_signature(0, b'', data, rsa_secret, unhashed=made + by_rsa))
true_case('expiry-hidden', 'an expiry that is not signed counts for nothing',
          rsa_signature(0, made, data, rsa_secret, unhashed=by_rsa + subpacket(
              3, (60).to_bytes(4, 'big'))), 'good')
true_case('path-twice', 'names two paths',
          rsa_signature(0, made + 2 * subpacket(
              20, bytes(4) + b'\0\x10\0\x0cpath@airlock.altrsa/raw/xx/1'),
                        data, rsa_secret, unhashed=by_rsa))

# A key that may only certify signs data; a subkey that never agreed to be one.
certifier, certifier_secret = secret_of(home + '/certifier.secret')
by_certifier = packet(2, rsa_signature(
    0, made, data, certifier_secret,
    unhashed=subpacket(16, key_id(certifier))))
case('key-certifies', 'untrusted', 'by a key that may certify, and not sign',
     by_certifier, key=read(home + '/certifier.key'))
binding = rsa_signature(
    0x18, made + subpacket(27, b'\2'),
    hashed_key(public_body) + hashed_key(certifier), rsa_secret,
    unhashed=by_rsa)
case('key-not-crossed', 'untrusted', 'a subkey that did not agree to be one',
     by_certifier, key=armored(read(home + '/rsa.bin') +
                               packet(14, certifier) + packet(2, binding)))
END
