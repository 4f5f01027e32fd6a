"""What Windows does and smbclient can't: sizes a file first and fills it in order, or keeps a file open."""
import sys
import time

from samba import credentials
from samba.samba3 import libsmb_samba_internal as libsmb
from samba.samba3 import param

READ_WRITE, READ = 0x12019F, 0x120089
MUST_BE_NEW, MUST_BE_THERE = 2, 1

what, host, settings, name = sys.argv[1:5]
lp = param.get_context()
lp.load(settings)
person = credentials.Credentials()
person.guess(lp)
person.set_username("games")
person.set_password("pw")
share = libsmb.Conn(host, "clips", lp=lp, creds=person)

if what == "copy":
    with open(sys.argv[5], "rb") as source:
        data = source.read()
    file = share.create(name, DesiredAccess=READ_WRITE, ShareAccess=0, CreateDisposition=MUST_BE_NEW)
    share.write(file, b"\0", len(data) - 1)
    print("sized", flush=True)
    piece = len(data) // 8 + 1
    for at in range(0, len(data), piece):
        # The test says when the next piece comes.
        sys.stdin.readline()
        share.write(file, data[at : at + piece], at)
        print("piece", flush=True)
elif what == "hold":
    file = share.create(name, DesiredAccess=READ, ShareAccess=0, CreateDisposition=MUST_BE_THERE)
    print("open", flush=True)
    sys.stdin.readline()
share.close(file)
print("closed", flush=True)
