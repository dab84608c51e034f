"""Answers, line by line, what ansible-core makes of inventories.

A request is a line of JSON: {"sources": [...], "patterns": [...]}; so is its answer. One process serves many, because the
start of Ansible takes longer than an inventory. It only calls Ansible's public classes.
"""
import datetime
import json
import os
import sys
import tempfile

# an empty one, so that no configuration of this machine counts
configuration = tempfile.NamedTemporaryFile(suffix='.cfg')
os.environ.update(
    ANSIBLE_CONFIG=configuration.name,
    ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED='true',
    ANSIBLE_INVENTORY_ENABLED='host_list,script,yaml,ini',
    ANSIBLE_DEPRECATION_WARNINGS='false',
    ANSIBLE_LOCALHOST_WARNING='false',
    ANSIBLE_NOCOLOR='true',
)

from ansible.inventory.group import Group
from ansible.inventory.manager import InventoryManager
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.loader import init_plugin_loader
from ansible.utils.display import Display
from ansible.template import Templar
from ansible.vars.hostvars import HostVars
from ansible.vars.manager import VariableManager

init_plugin_loader([])

# its own answers only on standard output, and no warnings
Display().verbosity = 0
Display.display = lambda self, *args, **kwargs: None
Display.warning = lambda self, *args, **kwargs: None
Display.deprecated = lambda self, *args, **kwargs: None
Display.error_as_warning = lambda self, msg, exception=None, *args, **kwargs: failures.append(f'{msg} {exception}')

failures = []


def in_one_order(group):
    """Whether Ansible has one order only for the hosts of a group: it takes grandchildren from an unordered set."""
    seen, level = {group.name}, list(group.child_groups)
    while level:
        seen.update(one.name for one in level)
        parents = [one for one in level if any(child.name not in seen for child in one.child_groups)]
        if len(parents) > 1:
            return False
        level = [child for one in parents for child in one.child_groups if child.name not in seen]
    return True


loose = {'seen': False}
hosts_of = Group.get_hosts


def get_hosts(self):
    loose['seen'] = loose['seen'] or not in_one_order(self)
    return hosts_of(self)


Group.get_hosts = get_hosts


epoch = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)


def typed(value):
    """A value with its type, as lists."""
    if value is None:
        return ['none']
    if isinstance(value, bool):
        return ['bool', bool(value)]
    if isinstance(value, int):
        return ['int', str(int(value))]
    if isinstance(value, float):
        return ['float', repr(float(value))]
    if isinstance(value, datetime.datetime):
        zoned = value if value.tzinfo else value.replace(tzinfo=datetime.timezone.utc)
        return ['date', round((zoned - epoch).total_seconds() * 1000)]
    if isinstance(value, datetime.date):
        return ['date', (value - epoch.date()).days * 86_400_000]
    if isinstance(value, dict):
        return ['map', {str(key): typed(item) for key, item in value.items()}]
    if isinstance(value, (list, tuple, set)):
        return ['list', [typed(item) for item in value]]
    return ['str', str(value)]


def ordered(find):
    """Hosts, and whether Ansible gives them in this order always."""
    loose['seen'] = False
    names = [host.name for host in find()]
    return {'hosts': names, 'ordered': not loose['seen']}


def matched(inventory, pattern):
    try:
        inventory.clear_caches()
        return ordered(lambda: inventory.get_hosts(pattern))
    except Exception as error:  # every error of Ansible means the same here
        return {'error': str(error)}


def evaluated(templar, value):
    """The value of a variable with its expressions evaluated."""
    try:
        return typed(templar.template(value))
    except Exception as error:  # every error of Ansible means the same here
        return ['error', str(error)]


def answer(request):
    failures.clear()
    loader = DataLoader()
    loader.set_basedir(request.get('folder', os.devnull))
    inventory = InventoryManager(loader=loader, sources=request['sources'])
    variables = VariableManager(loader=loader, inventory=inventory)
    variables.safe_basedir = 'folder' in request
    result = {
        'order': {'groups': list(inventory.groups), 'hosts': list(inventory.hosts)},
        'groups': {},
        'hosts': {},
        'patterns': {},
    }
    for name, group in inventory.groups.items():
        result['groups'][name] = {
            'own': [host.name for host in group.hosts],
            'children': [child.name for child in group.child_groups],
            **ordered(group.get_hosts),
        }
    magic = set(variables.get_vars(include_hostvars=False)) | {'inventory_file', 'inventory_dir', 'ansible_facts'}
    for name, host in inventory.hosts.items():
        mine = variables.get_vars(host=host, include_hostvars=False)
        magic_of_host = set(host.get_magic_vars())
        result['hosts'][name] = {
            'groups': sorted({group.name for group in host.get_groups()}),
            'variables': {
                str(key): typed(value)
                for key, value in mine.items()
                if key not in magic and key not in magic_of_host
            },
        }
        if request.get('evaluate'):
            HostVars(inventory=inventory, variable_manager=variables, loader=loader)
            templar = Templar(loader=loader, variables=variables.get_vars(host=host))
            result['hosts'][name]['values'] = {
                str(key): evaluated(templar, mine[key]) for key in result['hosts'][name]['variables']
            }
    for pattern in request['patterns']:
        result['patterns'][pattern] = matched(inventory, pattern)
    return result


# what Ansible prints by itself must not come between the answers
answers = os.fdopen(os.dup(1), 'w')
os.dup2(2, 1)
for line in sys.stdin:
    try:
        said = answer(json.loads(line))
    except Exception as error:  # a refused inventory is an answer, too
        said = {'error': f'{error} {" ".join(failures)}'}
    answers.write(json.dumps(said) + '\n')
    answers.flush()
