(* The model as a finite probability space: each entry of an n x d design is absent, +1 or -1,
   independently; the expectation of a function of the design is a finite weighted sum. *)
From mathcomp Require Import all_ssreflect all_algebra.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Patterns.
Variables (n d : nat).
(* an entry: None is 0, Some s is (-1)^s *)
Definition sample : predArgType := {ffun 'I_d -> option bool}.
Definition design : predArgType := {ffun 'I_n -> sample}.

Definition value (e : option bool) : int := if e is Some s then (-1) ^+ s else 0.
Definition flip_entry (b : bool) (e : option bool) := if e is Some s then Some (b (+) s) else None.
Definition flip_sample (f : {ffun 'I_d -> bool}) (x : sample) : sample :=
  [ffun i => flip_entry (f i) (x i)].
Definition flip_design f (w : design) : design := [ffun r => flip_sample f (w r)].

Lemma flip_entryK b : involutive (flip_entry b).
Proof. by case=> //= s; rewrite addbA addbb. Qed.

Lemma flip_designK f : involutive (flip_design f).
Proof. by move=> w; apply/ffunP => r; rewrite !ffunE; apply/ffunP => i; rewrite !ffunE flip_entryK. Qed.

Lemma value_flip b e : value (flip_entry b e) = (-1) ^+ b * value e.
Proof. by case: e => [s|]; rewrite /= ?mulr0 // signr_addb. Qed.
End Patterns.

Section Expectation.
Variables (R : realFieldType) (n d : nat) (p : 'I_d -> R).
Hypotheses (p0 : forall i, 0 <= p i) (p1 : forall i, p i <= 1).

Definition entry_weight i (e : option bool) : R := if e is Some _ then p i / 2%:R else 1 - p i.
Definition sample_weight (x : sample d) := \prod_i entry_weight i (x i).
Definition weight (w : design n d) := \prod_r sample_weight (w r).
Definition expect (f : design n d -> R) := \sum_w weight w * f w.
Definition probability (A : pred (design n d)) := expect (fun w => (A w)%:R).
Definition design_matrix (w : design n d) : 'M[R]_(n, d) := \matrix_(r, i) (value (w r i))%:~R.

Lemma sum_over_entry (F : option bool -> R) :
  \sum_e F e = F None + (F (Some true) + F (Some false)).
Proof.
rewrite (bigD1 None) //=; congr (_ + _).
rewrite (bigD1 (Some true)) //= (bigD1 (Some false)) //= big1 ?addr0 //.
by case=> [[]|].
Qed.

Lemma entry_weight_total i : \sum_e entry_weight i e = 1.
Proof. by rewrite sum_over_entry /= -splitr subrK. Qed.

Lemma sample_weight_total : \sum_x sample_weight x = 1.
Proof.
by rewrite -(bigA_distr_bigA entry_weight); apply: big1 => i _; apply: entry_weight_total.
Qed.

Lemma weight_total : \sum_w weight w = 1.
Proof.
have -> : \sum_w weight w = \prod_(r : 'I_n) \sum_x sample_weight x by rewrite bigA_distr_bigA.
by apply: big1 => r _; apply: sample_weight_total.
Qed.

Lemma entry_weight_ge0 i e : 0 <= entry_weight i e.
Proof. by case: e => [s|]; rewrite /= ?subr_ge0 // divr_ge0 ?ler0n. Qed.

Lemma sample_weight_ge0 x : 0 <= sample_weight x.
Proof. by apply: prodr_ge0 => i _; apply: entry_weight_ge0. Qed.

Lemma weight_ge0 w : 0 <= weight w.
Proof. by apply: prodr_ge0 => r _; apply: sample_weight_ge0. Qed.

Lemma expect_le f g : (forall w, f w <= g w) -> expect f <= expect g.
Proof. by move=> h; apply: ler_sum => w _; exact: ler_wpmul2l (weight_ge0 w) _ _ (h w). Qed.

Lemma expect_const c : expect (fun=> c) = c.
Proof. by rewrite /expect -mulr_suml weight_total mul1r. Qed.

Lemma expectZ c f : expect (fun w => c * f w) = c * expect f.
Proof. by rewrite /expect mulr_sumr; apply: eq_bigr => w _; rewrite mulrCA. Qed.

Lemma expectD f g : expect (fun w => f w + g w) = expect f + expect g.
Proof. by rewrite /expect -big_split; apply: eq_bigr => w _; rewrite mulrDr. Qed.

Lemma expect_sum (I : finType) (Q : pred I) (f : I -> design n d -> R) :
  expect (fun w => \sum_(i | Q i) f i w) = \sum_(i | Q i) expect (f i).
Proof. by rewrite /expect exchange_big; apply: eq_bigr => w _; rewrite mulr_sumr. Qed.

Lemma eq_expect f g : f =1 g -> expect f = expect g.
Proof. by move=> h; apply: eq_bigr => w _; rewrite h. Qed.

(* the law is that of fair signs: flips of columns leave it alone *)
Lemma weight_flip f w : weight (flip_design f w) = weight w.
Proof.
apply: eq_bigr => r _; apply: eq_bigr => i _; rewrite !ffunE.
by case: (w r i).
Qed.

Lemma expect_flip f (g : design n d -> R) : expect (fun w => g (flip_design f w)) = expect g.
Proof.
rewrite [RHS]/expect (reindex_inj (inv_inj (flip_designK f))).
by apply: eq_bigr => w _; rewrite weight_flip.
Qed.

(* independent samples: the probability that every sample is allowed *)
Lemma probability_every_sample (A : pred (sample d)) :
  probability (fun w => [forall r, A (w r)]) =
  (\sum_x sample_weight x * (A x)%:R) ^+ n.
Proof.
have -> : (\sum_x sample_weight x * (A x)%:R) ^+ n =
    \prod_(r : 'I_n) \sum_x sample_weight x * (A x)%:R.
  by rewrite prodr_const card_ord.
rewrite (bigA_distr_bigA (fun _ : 'I_n => fun x => sample_weight x * (A x)%:R)).
apply: eq_bigr => w _; rewrite big_split /=; congr (_ * _).
have [/forallP h|/forallPn[r /negbTE h]] := boolP [forall r, A (w r)].
  by rewrite big1 // => r _; rewrite h.
by rewrite (bigD1 r) //= h mul0r.
Qed.
End Expectation.
