#!/usr/bin/perl
# Functions that may not be called, with what to use instead, and functions that only some rooms may call. And in the format of a
# log line no text between its quotes: it may hold quotes itself.
use strict;
use warnings;
require './tests/check/c_text.pl';
load_exceptions('functions');

my $buffers = 'use struct buffer (base/buffer.h) or an arena';
my %never = (
    (map { $_ => $buffers } qw(strcpy strcat stpcpy strncpy strncat sprintf vsprintf asprintf vasprintf gets)),
    (map { $_ => 'use slice_to_i64 or slice_to_u64 (base/slice.h)' }
        qw(atoi atol atoll atof strtol strtoll strtoul strtoull strtoimax strtoumax)),
    strtok => 'use slice_cut', strtok_r => 'use slice_cut',
    (map { $_ => 'decode by hand with slices' } qw(sscanf vsscanf scanf fscanf)),
    alloca => 'every buffer has a maximum: use an arena', strdupa => 'use an arena',
    (map { $_ => 'use clock_civil_nl or clock_format_rfc3339 (base/clock.h)' }
        qw(localtime localtime_r gmtime ctime asctime mktime strftime strptime)),
    (map { $_ => 'use crypto_random or seeded_u64 (crypto/crypto.h)' } qw(rand srand random srandom rand_r drand48)),
    (map { $_ => 'the program starts no other programs' } qw(system popen execv execve execvp execl execlp fork vfork)),
    setlocale => 'formats do not depend on the machine',
    (map { $_ => 'not safe with threads' } qw(strsignal getpwnam getpwuid gethostbyname inet_ntoa tmpnam mktemp)),
);
# name => rooms
my %rooms = (
    getenv => [qw(main cmd crypto)],
    exit => [qw(main)], _exit => [qw(base cmd)], abort => [qw(base db lane)],
    clock_gettime => [qw(base db app features)], time => [qw(base)], gettimeofday => [qw(base)],
    # what lives longer than a request or a job; everything else is in an arena
    (map { $_ => [qw(base db http lane web stats crypto json formats features app)] } qw(malloc calloc realloc reallocarray free strdup strndup)),
    (map { $_ => [qw(main cmd base)] } qw(printf vprintf puts putchar fprintf vfprintf fputs)),
    (map { $_ => [qw(db http lane app features)] } qw(pthread_create)),
);

# The format of a call at token $i: its literals together.
sub format_of {
    my ($t, $i) = @_;
    my ($depth, $format) = (0, '');
    for (my $j = $i + 1; $j < @$t; $j++) {
        my ($kind, $text) = @{ $t->[$j] };
        $depth++ if $text eq '(';
        last if $text eq ')' && --$depth == 0;
        $format .= substr($text, 1, -1) if $kind eq 'string' && $depth == 1;
    }
    return $format;
}

my @files = project_files(qr{^src/.*\.[ch]$});
for my $file (@files) {
    my ($room) = $file =~ m{^src/(\w+)};
    my @t = @{ c_tokens(read_text($file)) };
    for my $i (0 .. $#t - 1) {
        my ($kind, $name, $line) = @{ $t[$i] };
        next unless $kind eq 'word' && $t[$i + 1][1] eq '(';
        next if $i > 0 && $t[$i - 1][1] =~ /^(?:\.|>)$/; # a member
        if ($name =~ /^log_(?:debug|info|warn|error|write)$/) {
            my @parts = split /\\"/, format_of(\@t, $i), -1;
            fault($file, $line, "$name(): LOG_TEXT and LOG_CSTR give the quotes")
                if grep { $_ % 2 && $parts[$_] =~ /%(?:\.\*)?s/ } 0 .. $#parts;
        }
        if (exists $never{$name}) {
            fault($file, $line, "$name(): $never{$name}") unless $room eq "base";
        } elsif ($rooms{$name} && !grep { $_ eq $room } @{ $rooms{$name} }) {
            fault($file, $line, "$name() is for " . join(', ', @{ $rooms{$name} }) . ' alone');
        }
    }
}
finish('functions', scalar @files);
