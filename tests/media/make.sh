#!/bin/sh
# Makes the samples beside it: tiny pictures, films and sounds of every format dakbox takes.
# They are committed, so this runs only when a sample is added; it needs ffmpeg with libx264, libvpx, libmp3lame.
# Everything is drawn or hummed by ffmpeg's own test sources, so nobody's licence is on it.
set -eu
cd "$(dirname "$0")"

picture="testsrc=size=64x48:rate=5:duration=1"
sound="sine=frequency=440:sample_rate=8000:duration=1"

make() { ffmpeg -nostdin -v error -y -fflags +bitexact "$@"; }
film() { make -f lavfi -i "$picture" -f lavfi -i "$sound" -flags +bitexact -pix_fmt yuv420p "$@"; }
still() { make -f lavfi -i "$picture" -frames:v 1 -flags +bitexact "$@"; }
tone() { make -f lavfi -i "$sound" -flags +bitexact "$@"; }

h264="-c:v libx264 -preset ultrafast -crf 40 -c:a aac -b:a 16k"
# shellcheck disable=SC2086 # a list of options
{
    film $h264 -movflags +faststart moov-first.mp4
    film $h264 moov-last.mp4
    film $h264 -movflags +frag_keyframe+empty_moov -g 2 fragmented.mp4
    film $h264 quicktime.mov
}
film -c:v mpeg4 -q:v 20 -c:a libmp3lame -b:a 8k plain.avi
film -c:v libvpx -b:v 20k -c:a libopus -ar 8000 -b:a 8k plain.webm
film -c:v libvpx -b:v 20k -c:a libopus -ar 8000 -b:a 8k -f webm -live 1 - | cat > live.webm
film -c:v mpeg4 -q:v 20 -c:a libmp3lame -b:a 8k plain.mkv

still -c:v mjpeg -pix_fmt yuvj420p -q:v 20 plain.jpg
still -pix_fmt rgb24 plain.png
still -c:v libwebp -lossless 0 -q:v 20 lossy.webp
still -c:v libwebp -lossless 1 lossless.webp
still one-picture.gif
make -f lavfi -i "$picture" -flags +bitexact animated.gif
make -f lavfi -i "$picture" -flags +bitexact -c:v libwebp -q:v 20 animated.webp

tone -c:a libmp3lame -b:a 8k -write_id3v2 0 -id3v2_version 0 bare.mp3
tone -c:a libmp3lame -b:a 8k -metadata title=hum -write_id3v1 1 tagged.mp3
tone -c:a pcm_s16le -t 0.5 plain.wav
tone -c:a pcm_s16le -t 0.5 -f wav - | cat > streamed.wav
tone -c:a pcm_s16le -t 0.5 -rf64 always long.wav
tone -c:a aac -b:a 16k plain.m4a
tone -c:a aac -b:a 16k -f adts plain.aac
