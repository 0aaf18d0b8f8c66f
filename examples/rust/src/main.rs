//! A scheduler's main loop with libspane through bindgen: ../c/scheduler.c once more, whose output it repeats. VMs arrive and leave,
//! and those that fit nowhere wait in a queue.
//!
//!     cargo run --release -- ../data/events.csv best-fit

use std::{collections::VecDeque, env, ffi::CStr, ffi::CString, fs, mem, process, ptr};

#[allow(warnings)]
mod c {
    include!(concat!(env!("OUT_DIR"), "/spane.rs"));
}

const SERVERS: usize = 5;
const NODE_CPU: f64 = 40.0; // cores on each of the two NUMA nodes of a server
const NODE_MEM: f64 = 90.0; // GB

struct Vm {
    id: u64,
    request: c::spane_request,
    since: f64,
    is_explained: bool,
}

struct Scheduler {
    cluster: *mut c::spane_cluster,
    session: *mut c::spane_session,
    queue: VecDeque<Vm>, // first come, first served
    used_cpu: f64,
    placed: i32,
    waited: i32,
    gave_up: i32,
    refused: i32,
    total_wait: f64,
}

/// Ends the program if a call failed; passes on what is no error.
fn check(status: c::spane_status) -> u32 {
    if status < 0 {
        let text = |pointer| unsafe { CStr::from_ptr(pointer) }.to_string_lossy();
        eprintln!("scheduler: {}: {}", text(unsafe { c::spane_status_name(status) }), text(unsafe { c::spane_last_error() }));
        process::exit(1);
    }
    status as u32
}

/// Initialisers are macros, which bindgen leaves out: all else is 0. Its span is too: above 10 GB over both nodes, the rule of the
/// cluster.
fn request(cpu: f64, mem: f64) -> c::spane_request {
    c::spane_request { struct_size: mem::size_of::<c::spane_request>() as u32, cpu, mem, ..unsafe { mem::zeroed() } }
}

impl Scheduler {
    fn new(heuristic: &str) -> Self {
        let name = CString::new(heuristic).expect("a heuristic has no zero byte");
        let mut policy: c::spane_policy = unsafe { mem::zeroed() };
        policy.struct_size = mem::size_of_val(&policy) as u32;
        policy.heuristic = name.as_ptr();
        let (mut cluster, mut session) = (ptr::null_mut(), ptr::null_mut());
        unsafe {
            check(c::spane_cluster_new(ptr::null(), &mut cluster));
            check(c::spane_cluster_add_equal_servers(cluster, NODE_CPU, NODE_MEM, SERVERS, ptr::null_mut()));
            check(c::spane_session_new(cluster, &policy, &mut session));
        }
        let queue = VecDeque::new();
        Scheduler { cluster, session, queue, used_cpu: 0.0, placed: 0, waited: 0, gave_up: 0, refused: 0, total_wait: 0.0 }
    }

    /// Prints why a VM goes nowhere, in one line.
    fn explain(&self, vm: &Vm, what: &str) {
        let (mut why, mut size) = ([0u8; 1024], 0);
        let text = why.as_mut_ptr().cast();
        check(unsafe { c::spane_session_explain(self.session, &vm.request, ptr::null(), 0, 0, 0, text, why.len(), &mut size) });
        let why = CStr::from_bytes_until_nul(&why).expect("the text ends with a zero byte");
        eprintln!("scheduler: VM {} {what}: {}", vm.id, why.to_string_lossy());
    }

    /// Returns whether the VM need not wait: it was placed, or is refused because no server is large enough for it.
    fn try_to_place(&mut self, vm: &Vm) -> bool {
        let mut placement = c::spane_placement { server: c::SPANE_NOWHERE, nodes: 0 };
        match check(unsafe { c::spane_session_place(self.session, vm.id, &vm.request, &mut placement) }) {
            c::SPANE_NO_ROOM => return false,
            c::SPANE_NEVER_FITS => {
                self.explain(vm, "is refused");
                self.refused += 1;
            }
            _ => {
                // Here the VM is started on placement.server, on the NUMA nodes whose bits are set in placement.nodes.
                self.placed += 1;
                self.used_cpu += vm.request.cpu;
            }
        }
        true
    }

    /// Places those that wait, in order, as long as the first one fits.
    fn serve_queue(&mut self, now: f64) {
        while let Some(mut first) = self.queue.pop_front() {
            let placed = self.placed;
            if !self.try_to_place(&first) {
                if !mem::replace(&mut first.is_explained, true) {
                    self.explain(&first, "waits");
                }
                return self.queue.push_front(first);
            }
            if self.placed > placed {
                self.waited += 1;
                self.total_wait += now - first.since;
            }
        }
    }

    fn leave(&mut self, vm: &Vm) {
        if let Some(index) = self.queue.iter().position(|other| other.id == vm.id) {
            self.queue.remove(index); // it has waited for too long
            self.gave_up += 1;
            return;
        }
        let status = unsafe { c::spane_cluster_release(self.cluster, vm.id, ptr::null_mut()) };
        if status != c::SPANE_NOT_FOUND {
            check(status); // else it was refused
            self.used_cpu -= vm.request.cpu;
        }
    }
}

impl Drop for Scheduler {
    fn drop(&mut self) {
        unsafe {
            c::spane_session_free(self.session);
            c::spane_cluster_free(self.cluster);
        }
    }
}

fn main() {
    let arguments: Vec<String> = env::args().collect();
    if arguments.len() != 3 || unsafe { c::spane_abi_version() } != c::SPANE_ABI_VERSION as i32 {
        eprintln!("usage: scheduler EVENTS.csv HEURISTIC");
        process::exit(1);
    }
    let text = fs::read_to_string(&arguments[1]).unwrap_or_else(|error| {
        eprintln!("scheduler: {}: {error}", arguments[1]);
        process::exit(1);
    });
    let mut this = Scheduler::new(&arguments[2]);
    let (mut now, mut first, mut busy) = (0.0, 0.0, 0.0);
    for (index, line) in text.lines().skip(1).enumerate() {
        let fields: Vec<&str> = line.split(',').collect();
        let number = |field: usize| fields[field].parse::<f64>().expect("a number");
        let time = number(0);
        if index == 0 {
            (first, now) = (time, time);
        }
        busy += this.used_cpu * (time - now);
        now = time;
        // Server 0 is taken out for maintenance: its VMs go on, and new ones go elsewhere.
        match index {
            1000 => check(unsafe { c::spane_cluster_cordon(this.cluster, 0) }),
            1200 => check(unsafe { c::spane_cluster_uncordon(this.cluster, 0) }),
            _ => 0,
        };
        let id = fields[2].parse().expect("an id");
        let vm = Vm { id, request: request(number(3), number(4)), since: now, is_explained: false };
        if fields[1] != "arrive" {
            this.leave(&vm);
        } else if !this.queue.is_empty() || !this.try_to_place(&vm) {
            this.queue.push_back(vm);
        }
        this.serve_queue(now);
    }
    println!("placed       {} VMs", this.placed);
    println!("waited       {} VMs, {:.0} s on average", this.waited, this.total_wait / f64::from(this.waited.max(1)));
    println!("gave up      {} VMs", this.gave_up);
    println!("refused      {} VMs", this.refused);
    println!("utilisation  {:.1} % of the cores", 100.0 * busy / (now - first) / (SERVERS as f64 * 2.0 * NODE_CPU));
}
