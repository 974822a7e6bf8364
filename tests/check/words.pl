#!/usr/bin/perl
# What no file of this project may hold: unfinished work, paths of somebody's machine, addresses in lock files.
use strict;
use warnings;
require './tests/check/c_text.pl';
load_exceptions('words');

my @rules = (
    [qr/\b(?:TODO|FIXME|XXX|HACK)\b/, 'unfinished work is finished or left out'],
    [qr{(?:^|[\s"'=(:])/(?:home|work|root|Users)/[\w.-]}, 'a path of one machine'],
    [qr{/tmp/zs/}, 'a path of one machine'],
    [qr/^(?:<{7}|>{7}|={7}) ?/, 'a merge that was not finished'],
);
my @files = project_files(qr{.});
my $text_files = 0;
for my $file (@files) {
    next if $file =~ m{^tests/check/(?:words\.pl|itself\.sh)$|^LICENSE$};
    my $text = read_text($file);
    next if index($text, "\0") >= 0;
    $text_files++;
    my $line = 0;
    for my $content (split /\n/, $text) {
        $line++;
        for my $rule (@rules) {
            fault($file, $line, "$rule->[1]: " . substr($content, 0, 80)) if $content =~ $rule->[0];
        }
        if ($file =~ m{(?:^|/)(?:package-lock\.json|npm-shrinkwrap\.json)$}) {
            fault($file, $line, 'a lock file names no address: the registry is the machine\'s choice') if $content =~ m{"resolved"};
        }
        if ($file =~ m{(?:^|/)package\.json$}) {
            fault($file, $line, 'versions are pinned') if $content =~ m{"\s*:\s*"[\^~]\d};
        }
    }
    fault($file, 1, 'lines end in LF') if $text =~ /\r\n/ && $file !~ m{^tests/};
}
finish('words', $text_files);
