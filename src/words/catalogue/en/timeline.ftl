# The film's timeline: in one line, and as a small table.

timeline = Timeline ({ $count ->
        [one] { $count } track
       *[other] { $count } tracks
    })
track-video = Video
track-audio = BGM
track-text = Title
track-other = Other
range = { $from }-{ $to }s
lasts = { $long }s
volume = { $percent }%
more-pieces = and { $more } more
words = "{ $words }"
