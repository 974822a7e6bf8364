#!/usr/bin/perl
# Maps that are right: each top-level folder has a README, what a Markdown file links to is there, and every room and command of
# the program is named where people look for it. The maps of migrations, config and deploy name all that is in them, and `make help`
# each target that a document names.
use strict;
use warnings;
require './tests/check/c_text.pl';
load_exceptions('docs');

my @files = project_files(qr{\.md$});
for my $file (@files) {
    my $folder = $file =~ m{^(.*/)} ? $1 : '';
    my $line = 0;
    for my $text (split /\n/, read_text($file)) {
        $line++;
        while ($text =~ /\]\(([^)#\s]+)[^)]*\)/g) {
            my $target = $1;
            next if $target =~ /^[a-z]+:/;
            fault($file, $line, "links to $target, which is not there") unless -e "$folder$target";
        }
    }
}
for my $folder (qw(src migrations config deploy tests)) {
    fault("$folder/README.md", 1, 'is missing') unless -e "$folder/README.md";
}
my $map = read_text('src/README.md');
for my $rule (split /\n/, read_text('tests/check/rooms.txt')) {
    next unless $rule =~ /^(\w+):/ && $1 !~ /^(?:order|only|main)$/;
    fault('src/README.md', 1, "does not name the room $1") unless $map =~ /`$1\/`/;
}
my $deploying = read_text('deploy/README.md') . read_text('README.md');
for my $command (read_text('src/main.c') =~ /\{"(\w+)", "/g) {
    fault('README.md', 1, "neither README.md nor deploy/README.md names `zevenstem $command`")
        unless $deploying =~ /(?:zevenstem |`)$command\b/;
}
for my $map (['migrations', glob('migrations/*.sql migrations/routines/*.sql')], ['config', glob('config/*')],
    ['deploy', glob('deploy/*')]) {
    my ($folder, @there) = @$map;
    my $text = read_text("$folder/README.md");
    for my $path (@there) {
        my ($name) = $path =~ m{^\w+/(.+)$};
        next if $name eq 'README.md';
        $name .= '/' if -d $path;
        fault("$folder/README.md", 1, "does not name `$name`") unless index($text, "`$name`") >= 0;
    }
}
my ($help) = read_text('Makefile') =~ /^help:\n(.*)/ms;
for my $file (@files) {
    my $text = read_text($file);
    my %named = map { $_ => 1 } $text =~ /`make ([a-z][a-z-]*[a-z])\b/g;
    for my $target (sort keys %named) {
        fault('Makefile', 1, "`make help` does not name $target, which $file does") unless $help =~ /\b\Q$target\E(?![\w-])/;
    }
}
finish('docs', scalar @files);
