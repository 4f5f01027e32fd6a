//! The text of `--help` on faults. A test holds it against the parser.

/// All faults, for a terminal of 100 columns.
pub(super) const HELP: &str = "\
A fault is CALL:KIND[=VALUE][@K][xN]: from the K-th such call on (default: the first), N times
(default: always). Several may be given; all that fit a call happen.

CALL  token session upload message state export status cancel download credits claim, or any

KIND, in place of carrying the call out (with `late-` before it: after carrying it out):
  status=503          that HTTP status, with a detail
  code=2001           200 with that code in the body; code=\"2001\" sends it as text
  bare=503            that HTTP status without a body
  retry-after=5       429 with that Retry-After, seconds or a date; date+2: the date in two seconds
  answer=TEXT         200 with that text, as JSON or (where it begins with <) as HTML
  redirect=URL        302 to that address; redirect=307,URL: another status
  huge=2GB            JSON with one text of that length; huge=endless: without end
  deep=100000         JSON nested so deep
  bomb=10GB           a gzip stream that unpacks to so much
KIND, of the call's own answer:
  length=-10, =+10    announced so much shorter or longer than it is
  truncate=50%        only that much of it, announced as whole
  big-header=1MB      with one header of that length
  headers=10000       with so many headers
  cookie=a=b          with that Set-Cookie
  hints=1000          after so many 103 Early Hints; hints=endless: nothing but them
  loris=10ms          headers and body byte by byte with that pause
  hang                no answer at all, the connection stays open
  delay=500ms         waits first, then goes on as usual (ms, s or m)
KIND, breaking the connection:
  reset=connect       as soon as it is made (only any:reset=connect)
  close, stale        closed in order once the headers came; stale: only one that was used before
  reset=headers       once the request's headers were read
  reset=1000, =50%    after so much of the request's body
  reset, reset=body   after the call was carried out, in place of the answer
  break=headers, =1000, =50%   reset inside the answer's headers or body
  cut=headers, =1000, =50%     the same, but closed in order
  drip=100ms          the answer's body comes byte by byte with that pause
KIND, of the world:
  lost                the session named is gone from this call on (1002)
KIND, of an upload, after all of it came:
  draft-forgets       what was exported since the upload before is emptied out of the draft
  unreachable         400: an address can't be fetched
  unsupported         415 with 4001
  too-large           413 with 4002
KIND, of a message's stream (after it was accepted, and charged, unless said otherwise):
  error               an error frame ends it; the draft doesn't move
  error-event         an errorCode event in the middle; it goes on and edits
  frame=2001          nothing but {\"code\":2001}: refused, not charged (late-frame: charged)
  silent              edits without words
  unchanged           words without an edit
  nothing             a stream without a byte; the draft doesn't move
  trouble             \"I encountered a temporary issue\" after a good edit
  heartbeats          edits, then heartbeats without end
  question            asks something and edits nothing; question=en (or zh, bn) in that language;
                      question=1, =bn,1: only so often in one session, then it goes on and edits
  screen-question=en  says to drag the clip and drop it, and edits nothing; written like question
  screen-words=en     edits, and says where to click, what to open and drag; en, zh or bn
  dialect=nemo        speaks another dialect: nemo, adk, adk-whole (no pieces) or adk-1 (an old release)
  beats=20            so many heartbeats first, in every form
  beat=comment        heartbeats of one form alone: type, event, empty or comment
  twice               each frame comes twice
  replay              all frames come once more at the end
  shuffle             neighbours change places
  lines=crlf          ends lines so: crlf or cr; bom begins with one; many breaks each frame in lines
  odd=json            one odd frame in the middle: json, utf8, type, done or error (pasted in, unescaped)
  later=2001          {\"code\":2001} in the middle
  flood=100000000     one frame of so many bytes without an end, after the edit
  tiny=1000000        so many tiny frames after the edit
  head=NAME: VALUE    the answer's head holds that line
  play=FILE           the answer in that file, as its server sent it; edits, unless `unchanged` is given
KIND, of an export:
  done                answered only when the film is done, as completed
  other-id            the service knows the render by a number of its own, and not by yours
KIND, of a render's status:
  failed              the render has failed, for good
  denied              the same, told under \"success\":false
  stuck               not done; one that is not yet never will be, unless it is called off
  no-url              completed, without an address
  no-status           without the word that says how far it is
  place=outputUrl     the address there, or at data.outputUrl or output.url
KIND, of a film on its way:
  claims=1000         announced with that length
  chunked             its length untold
  endless             the same, and it never ends
  film=TEXT           that text in its place, as video/mp4
  boxes               cut at a box border, its length fits
  tail                with three bytes behind it, its length fits
  no-ranges           a range gets the whole film
  wrong-part          a range gets another part, and is told so
  beyond              a range is always beyond the end (416)
  new-tag             another ETag each time, and a range is honoured all the same
  no-tag              no ETag but a Last-Modified, by which a range is honoured
  weak-tag            an ETag that says little
  name=TEXT           Content-Disposition with that file name

A 1001 or 401 given by a fault makes its token bad, so that its client may ask for a new one.
Order matters where two would answer: the first given wins. Put a space before @K or xN after
answer=TEXT, redirect=URL and cookie=, film=, name=, play= and head=. While it runs, PUT
/_world/faults (one fault a line) puts others in
their place, and PUT /_world/credits (a number) fills every account.

  --fault message:status=503x1 --fault 'download:cut=50%x2' --fault any:delay=200ms";
