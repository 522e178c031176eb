(* The sharper upper side of the noiseless loss, as one theorem about the finite model: the law of
   the companions of a feature that is seen but alone nowhere, Jensen's inequality for them, and the
   cases put together. *)
From mathcomp Require Import all_ssreflect all_algebra.
From longtail Require Import projector noiseless_ood flips row_projector finite_model.
From longtail Require Import flip_identity common_identified noiseless_loss noiseless_loss_sharp.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Sharper.
Variables (R : realFieldType) (n d : nat) (p : 'I_d -> R).
Hypotheses (p0 : forall i, 0 <= p i) (p1 : forall i, p i <= 1).
Variable common : pred 'I_d.
Variable beta : 'I_d -> R.
Hypothesis ordered : forall i j, 0 <= (p i - p j) * (beta i ^+ 2 - beta j ^+ 2).

(* other tail features of a sample *)
Definition companions i (x : sample d) : nat :=
  \sum_(j | (j != i) && ~~ common j) (x j != None).

(* i with others, and what such a sample leaves of i *)
Definition together i (x : sample d) := (x i != None) && (0 < companions i x)%N.
Definition share (N : nat) : R := N%:R / N.+1%:R.

Lemma alone_or_together i (x : sample d) : ~~ common i -> x i != None ->
  alone common i x = (companions i x == 0%N).
Proof.
move=> ci xi; rewrite /companions sum_nat_eq0; apply: eq_forallb => j.
have [->|ji] /= := eqVneq j i; first by rewrite xi.
by case: (common j) => //=; case: (x j).
Qed.

Section OneFeature.
Variables (i : 'I_d) (tail_i : ~~ common i).

Notation u := (no_other p common i).
Definition others : R := \sum_(j | (j != i) && ~~ common j) p j.

(* one sample: without i; with it and others; what that leaves on average *)
Lemma without_probability : \sum_x sample_weight p x * (x i == None)%:R = 1 - p i.
Proof. by rewrite (one_entry_probability _ i (fun e => e == None)) absent_probability. Qed.

Lemma together_probability : \sum_x sample_weight p x * (together i x)%:R = p i - p i * u.
Proof.
rewrite -(alone_probability p common i) -(present_probability p i).
rewrite -(one_entry_probability p i (fun e => e != None)) -sumrB; apply: eq_bigr => x _.
rewrite -mulrBr; congr (_ * _); rewrite /together.
have [xi|] := boolP (x i != None); last first.
  move=> none; have -> : alone common i x = false.
    by apply/negP => /forallP/(_ i); rewrite eqxx (negbTE none).
  by rewrite subr0.
rewrite (alone_or_together tail_i xi) lt0n /=.
by case: (companions i x == 0%N); rewrite ?subrr ?subr0.
Qed.

Lemma two_entries_probability j : j != i ->
  \sum_x sample_weight p x * ((x i != None) && (x j != None))%:R = p i * p j.
Proof.
move=> ji; transitivity (\sum_x sample_weight p x *
    [forall m, (m \in [:: i; j]) ==> (x m != None)]%:R).
  apply: eq_bigr => x _; congr (_ * _%:R); congr nat_of_bool.
  apply/andP/forallP => [[xi xj] m|h].
    by apply/implyP; rewrite !inE => /orP[] /eqP ->.
  by split; [have := h i|have := h j]; rewrite !inE eqxx ?orbT.
rewrite (sample_probability_of_product p (fun m e => (m \in [:: i; j]) ==> (e != None))).
rewrite (bigD1 i) //= (bigD1 j) //= !inE !eqxx orbT /= !present_probability big1 ?mulr1 //.
move=> m /andP[/negbTE mi /negbTE mj]; rewrite !inE mi mj /=; exact: any_probability.
Qed.

Lemma companions_mean :
  \sum_x sample_weight p x * ((together i x)%:R * (companions i x)%:R) = p i * others.
Proof.
rewrite mulr_sumr; transitivity (\sum_x \sum_(j | (j != i) && ~~ common j)
    sample_weight p x * ((x i != None) && (x j != None))%:R).
  apply: eq_bigr => x _; rewrite -mulr_sumr; congr (_ * _).
  rewrite /together /companions; case: (x i != None); last by rewrite mul0r big1.
  rewrite andTb natr_sum; set N : nat := BigOp.bigop _ _ _; case: (posnP N) => [/eqP z|_].
    rewrite mul0r; move: z; rewrite sum_nat_eq0 => /forallP z; rewrite big1 // => j c.
    by have /eqP -> := implyP (z j) c.
  by rewrite mul1r.
rewrite exchange_big; apply: eq_bigr => j /andP[ji _] /=; exact: two_entries_probability.
Qed.

Lemma others_ge0 : 0 <= others. Proof. by apply: sumr_ge0 => j _. Qed.

Lemma no_other_ge0 : 0 <= u.
Proof. by apply: prodr_ge0 => j _; rewrite subr_ge0. Qed.

Lemma no_other_le1 : u <= 1.
Proof.
suff /andP[] : 0 <= u <= 1 by [].
apply: (big_ind (fun x => 0 <= x <= 1)) => [|x y /andP[x0 x1] /andP[y0 y1]|j _].
- by rewrite ler01 lexx.
- by rewrite mulr_ge0 // mulr_ile1.
by rewrite subr_ge0 p1 ler_subl_addr ler_addl p0.
Qed.

Hypothesis some_other : u < 1.
Definition mu : R := others / (1 - u).

(* the tangent of N/(1+N) at m *)
Lemma share_inv (x : R) : 1 + x != 0 -> x / (1 + x) = 1 - (1 + x)^-1.
Proof. by move=> e; apply: (mulIf e); rewrite divfK // mulrBl mul1r mulVf // addrAC subrr add0r. Qed.

Lemma tangent (N : nat) (m : R) : 0 <= m ->
  share N <= m / (1 + m) + (N%:R - m) / (1 + m) ^+ 2.
Proof.
move=> m0; rewrite /share mulrS.
have A0 : 0 < 1 + m by rewrite ltr_paddr ?ltr01.
have B0 : 0 < 1 + N%:R :> R by rewrite ltr_paddr ?ltr01 ?ler0n.
have eA := lt0r_neq0 A0; have eB := lt0r_neq0 B0.
rewrite !share_inv //.
have -> : N%:R - m = (1 + N%:R) - (1 + m) by rewrite opprD addrACA subrr add0r.
move: (1 + m) (1 + N%:R) A0 B0 eA eB => A B A0 B0 eA eB.
rewrite -addrA ler_add2l mulrBl expr2 invfM [A * _]mulrA divff // mul1r.
rewrite -subr_ge0 opprK addrC.
have -> : B^-1 + (- A^-1 + (B * (A^-1 * A^-1) - A^-1)) = B * (B^-1 - A^-1) ^+ 2.
  rewrite sqrrB mulrDr mulrBr expr2 [B * (B^-1 * B^-1)]mulrA divff // mul1r.
  rewrite -mulrnAr mulVKf // mulr2n opprD expr2 -addrA; congr (_ + _).
  by rewrite -addrA; congr (_ + _); rewrite addrC.
by apply: mulr_ge0 (ltW B0) (sqr_ge0 _).
Qed.

(* what a sample that holds i and others leaves on average: Jensen's inequality *)
Definition left : R := \sum_x sample_weight p x * ((together i x)%:R * share (companions i x)).
Definition half : R := mu / (1 + mu).

Lemma mu_ge0 : 0 <= mu.
Proof. by apply: divr_ge0 others_ge0 _; rewrite subr_ge0 no_other_le1. Qed.

Lemma jensen : left <= (p i - p i * u) * half.
Proof.
have e : 1 - u != 0 by rewrite subr_eq0 eq_sym lt_eqF.
have : others = (1 - u) * mu by rewrite /mu mulrCA divff ?mulr1.
rewrite /half; move: mu mu_ge0 => m m0 o; set c := ((1 + m) ^+ 2)^-1.
apply: (@le_trans _ _ (\sum_x sample_weight p x *
    ((together i x)%:R * (m / (1 + m) + ((companions i x)%:R - m) * c)))).
  apply: ler_sum => x _; apply: ler_wpmul2l (sample_weight_ge0 p0 p1 x) _ _ _.
  by apply: ler_wpmul2l (ler0n _ _) _ _ (tangent _ m0).
set h := m / (1 + m).
have -> : \sum_x sample_weight p x *
    ((together i x)%:R * (h + ((companions i x)%:R - m) * c)) =
    (\sum_x sample_weight p x * (together i x)%:R) * (h - m * c) +
    (\sum_x sample_weight p x * ((together i x)%:R * (companions i x)%:R)) * c.
  rewrite !mulr_suml -big_split; apply: eq_bigr => x _ /=; clearbody h c.
  rewrite -!mulrA -mulrDr; congr (_ * _); rewrite -mulrDr; congr (_ * _).
  by rewrite mulrBl [X in _ + X]addrC addrA.
rewrite together_probability companions_mean mulrBr -addrA ger_addl o.
have -> : p i - p i * u = p i * (1 - u) by rewrite mulrBr mulr1.
by rewrite -!mulrA addNr.
Qed.

(* n samples: the first that holds i, those before it, and those after it, none with i alone *)
Definition first_weight (h : sample d -> R) (r r' : 'I_n) (x : sample d) : R :=
  if (r' < r)%N then (x i == None)%:R else if r' == r then (together i x)%:R * h x
  else (~~ alone common i x)%:R.

Definition at_first (h : sample d -> R) (w : design n d) : R :=
  \sum_r \prod_r' first_weight h r r' (w r').

Lemma expect_product (G : 'I_n -> sample d -> R) :
  expect p (fun w => \prod_r G r (w r)) = \prod_r \sum_x sample_weight p x * G r x.
Proof.
rewrite (bigA_distr_bigA (fun r x => sample_weight p x * G r x)).
by apply: eq_bigr => w _; rewrite big_split.
Qed.

Lemma product_at (r : 'I_n) (a f c : R) :
  \prod_(r' < n) (if (r' < r)%N then a else if r' == r then f else c) =
  f * (c ^+ (n.-1 - r) * a ^+ r).
Proof.
transitivity (\prod_(0 <= m < n) (if (m < r)%N then a else if m == r :> nat then f else c)).
  by rewrite big_mkord.
rewrite (@big_cat_nat _ _ _ r) //=; last exact: ltnW (ltn_ord r).
rewrite [X in X * _](@eq_big_nat _ _ _ _ _ _ (fun=> a)); last by move=> m /andP[_ ->].
rewrite prodr_const_nat subn0 big_ltn // ltnn eqxx.
rewrite (@eq_big_nat _ _ _ _ _ _ (fun=> c)); last first.
  by move=> m /andP[rm _]; rewrite ltnNge (ltnW rm) /= gtn_eqF.
by rewrite prodr_const_nat subnS predn_sub mulrCA [a ^+ _ * _]mulrC.
Qed.

Lemma not_alone_sample :
  \sum_x sample_weight p x * (~~ alone common i x)%:R = 1 - p i * u.
Proof.
rewrite -alone_probability -{2}(sample_weight_total p) -sumrB; apply: eq_bigr => x _.
by case: (alone common i x); rewrite ?mulr1 ?mulr0 ?subrr ?subr0.
Qed.

Lemma expect_at_first h : expect p (at_first h) =
  (\sum_x sample_weight p x * ((together i x)%:R * h x)) *
  \sum_(r < n) (1 - p i * u) ^+ (n.-1 - r) * (1 - p i) ^+ r.
Proof.
rewrite expect_sum mulr_sumr; apply: eq_bigr => r _; rewrite expect_product -product_at.
apply: eq_bigr => r' _; rewrite /first_weight; case: ifP => _; first exact: without_probability.
by case: ifP => _ //; exact: not_alone_sample.
Qed.

Lemma expect_share_at_first :
  expect p (at_first (fun x => share (companions i x))) <=
  half * ((1 - p i * u) ^+ n - (1 - p i) ^+ n).
Proof.
rewrite expect_at_first subrXX mulrA [half * _]mulrC.
have -> : 1 - p i * u - (1 - p i) = p i - p i * u by rewrite opprB addrC addrA addrNK.
apply: ler_wpmul2r; last exact: jensen.
have pu : p i * u <= 1 by rewrite mulr_ile1 ?no_other_ge0 ?no_other_le1.
by apply: sumr_ge0 => r _; rewrite mulr_ge0 // exprn_ge0 // subr_ge0.
Qed.

Lemma share_ge0 N : 0 <= share N.
Proof. by rewrite divr_ge0 ?ler0n. Qed.

Lemma first_weight_ge0 r r' x : 0 <= first_weight (fun x => share (companions i x)) r r' x.
Proof.
rewrite /first_weight; case: ifP => _; first exact: ler0n.
case: ifP => _; last exact: ler0n.
exact: mulr_ge0 (ler0n _ _) (share_ge0 _).
Qed.

(* a sample without its common features is in the row space, once these are identified *)
Lemma row_splits (w : design n d) r : common_found R common w -> w r i != None ->
  null_projector R w i i <= share (companions i (w r)).
Proof.
move=> /forallP found wi; set X := design_matrix R w.
have [symP XP _] := row_projectorP X.
pose z : 'rV[R]_d := \row_j (if common j then 0 else X r j).
have ze : z = row r X - \sum_(j | common j) X r j *: delta_mx 0 j.
  rewrite [row r X]row_sum_delta (bigID common) /= addrC addrA.
  have -> : \sum_(j | common j) (row r X) 0 j *: delta_mx 0 j =
      \sum_(j | common j) X r j *: delta_mx 0 j :> 'rV[R]_d.
    by apply: eq_bigr => j _; rewrite mxE.
  rewrite addNr add0r [LHS]row_sum_delta (bigID common) /= big1 ?add0r => [|j cj].
    by apply: eq_bigr => j /negbTE cj; rewrite !mxE cj.
  by rewrite mxE cj scale0r.
have zX : (z <= X)%MS.
  rewrite ze addmx_sub ?row_sub // eqmx_opp summx_sub // => j cj.
  by apply: scalemx_sub; apply: (implyP (found j)).
have zP : z *m row_projector X = z by case/submxP: zX => D ->; rewrite -mulmxA XP.
have square j : X r j ^+ 2 = (w r j != None)%:R.
  rewrite mxE; case: (w r j) => [s|] /=; last by rewrite rmorph0 expr0n.
  by rewrite rmorphX rmorphN1 -exprM mulnC exprM sqrrN expr1n expr1n.
have zi : z 0 i ^+ 2 = 1 by rewrite mxE (negbTE tail_i) square wi.
rewrite /null_projector mxE [X in _ + X]mxE mxE eqxx.
apply: (splitting symP (row_projector_idem (row_projectorP X)) zP zi).
rewrite (bigD1 i) //= zi mulrS; congr (_ + _); rewrite /companions natr_sum.
rewrite [RHS]big_mkcondr; apply: eq_bigr => j ji; rewrite mxE.
by case: (common j); rewrite ?expr0n // square.
Qed.

Lemma remaining_diagonal (w : design n d) :
  common_found R common w -> seen i w && ~~ somewhere_alone common i w ->
  null_projector R w i i <= at_first (fun x => share (companions i x)) w.
Proof.
move=> found /andP[/existsP[r1 h1]]; rewrite negb_exists => /forallP nowhere.
have [r wr least] := @arg_minnP _ r1 (fun r : 'I_n => w r i != None) (@nat_of_ord n) h1.
apply: le_trans (row_splits found wr) _; rewrite /at_first (bigD1 r) //=.
have -> : \prod_r' first_weight (fun x => share (companions i x)) r r' (w r') =
    share (companions i (w r)).
  rewrite (bigD1 r) //= {1}/first_weight ltnn eqxx /together wr lt0n.
  rewrite -(alone_or_together tail_i wr) nowhere mul1r big1 ?mulr1 // => r' r'r.
  rewrite /first_weight (negbTE r'r) nowhere; case: ltnP => // before.
  by case: eqP => // /eqP held; have := least _ held; rewrite leqNgt before.
rewrite ler_addl; apply: sumr_ge0 => r' _; apply: prodr_ge0 => r'' _; exact: first_weight_ge0.
Qed.

Lemma at_first_ge0 w : 0 <= at_first (fun x => share (companions i x)) w.
Proof. by apply: sumr_ge0 => r' _; apply: prodr_ge0 => r'' _; exact: first_weight_ge0. Qed.


Definition of_tail : R := (1 - p i) ^+ n + half * ((1 - p i * u) ^+ n - (1 - p i) ^+ n).

Lemma diagonal_on_common_found :
  expect p (fun w : design n d => (common_found R common w)%:R * null_projector R w i i) <=
  of_tail.
Proof.
rewrite /of_tail -{1}unseen_probability; apply: le_trans (ler_add (lexx _) expect_share_at_first).
rewrite -expectD; apply: expect_le => // w; have least := at_first_ge0 w.
have [found|_] := boolP (common_found R common w); last by rewrite mul0r addr_ge0 ?ler0n.
rewrite mul1r; have [s|un] := boolP (seen i w); last first.
  by rewrite unseen_null_projector // eqxx ler_addl.
rewrite add0r; have [al|al] := boolP (somewhere_alone common i w); last first.
  by apply: remaining_diagonal; rewrite ?s.
by rewrite null_projector_of_identified //; apply: alone_recovery al.
Qed.
End OneFeature.

Lemma diagonal_off_common_found i :
  expect p (fun w : design n d => (~~ common_found R common w)%:R * null_projector R w i i) <=
  not_found n p common.
Proof.
apply: (@le_trans _ _ (probability p (fun w : design n d => ~~ common_found R common w))).
  apply: expect_le => // w; case: (common_found R common w); rewrite ?mul0r // mul1r.
  exact: null_projector_le1.
rewrite /not_found le_minr; apply/andP; split; last exact: common_identified.
rewrite -[X in _ <= X](expect_const n p); apply: expect_le => // w.
by rewrite -[1]/(1%:R) ler_nat leq_b1.
Qed.

Hypothesis some_other : forall i, ~~ common i -> no_other p common i < 1.

Lemma diagonal_mean i : expect p (fun w : design n d => null_projector R w i i) <=
  (if common i then 0 else of_tail i) + not_found n p common.
Proof.
have -> : expect p (fun w : design n d => null_projector R w i i) =
    expect p (fun w : design n d => (common_found R common w)%:R * null_projector R w i i) +
    expect p (fun w : design n d => (~~ common_found R common w)%:R * null_projector R w i i).
  rewrite -expectD; apply: eq_expect => w.
  by case: (common_found R common w); rewrite mul1r mul0r ?addr0 ?add0r.
apply: ler_add (diagonal_off_common_found i); case: ifPn => ci; last first.
  exact: diagonal_on_common_found ci (some_other ci).
rewrite -(expect_const n p 0); apply: expect_le => // w.
have [found|_] := boolP (common_found R common w); last by rewrite mul0r.
rewrite null_projector_of_identified ?mulr0 //.
by apply: (implyP (forallP found i)).
Qed.

Lemma null_projector_symmetric (w : design n d) i j :
  null_projector R w i j = null_projector R w j i.
Proof. by rewrite -[in LHS]null_projector_sym mxE. Qed.

(* the loss is at most what the diagonal of I - P would lose feature by feature *)
Lemma mean_loss_by_diagonal :
  mean_loss n p beta <=
  \sum_i p i * beta i ^+ 2 * expect p (fun w : design n d => null_projector R w i i).
Proof.
have -> : mean_loss n p beta = expect p (fun w : design n d =>
    \sum_i \sum_j p i * null_projector R w i j ^+ 2 * beta j ^+ 2).
  rewrite /mean_loss !expect_sum; apply: eq_bigr => i _; rewrite expectZ no_event.
  rewrite flip_identity // expect_sum mulr_sumr; apply: eq_bigr => j _.
  transitivity (p i * beta j ^+ 2 * expect p (fun w : design n d => null_projector R w i j ^+ 2)).
    rewrite -mulrA [beta j ^+ 2 * _]mulrC; congr (_ * (_ * _)).
    by apply: eq_expect => w; rewrite mul1r.
  by rewrite -expectZ; apply: eq_expect => w; rewrite mulrAC.
have -> : \sum_i p i * beta i ^+ 2 * expect p (fun w : design n d => null_projector R w i i) =
    expect p (fun w : design n d => \sum_i p i * beta i ^+ 2 *
      \sum_j null_projector R w i j ^+ 2).
  rewrite expect_sum; apply: eq_bigr => i _; rewrite -expectZ; apply: eq_expect => w.
  by rewrite null_projector_row.
apply: expect_le => // w.
pose M := \matrix_(i, j) null_projector R w i j ^+ 2.
have symM i j : M i j = M j i by rewrite [LHS]mxE [RHS]mxE null_projector_symmetric.
have M0 i j : 0 <= M i j by rewrite mxE sqr_ge0.
have entry i j : null_projector R w i j ^+ 2 = M i j by rewrite [RHS]mxE.
under eq_bigr => i _ do under eq_bigr => j _ do rewrite entry.
under [X in _ <= X]eq_bigr => i _ do under eq_bigr => j _ do rewrite entry.
exact: (@rearrangement _ _ M p (fun i => beta i ^+ 2)).
Qed.

Theorem noiseless_loss_sharp_upper :
  mean_loss n p beta <=
  \sum_(i | ~~ common i) p i * beta i ^+ 2 * of_tail i +
  not_found n p common * \sum_i p i * beta i ^+ 2.
Proof.
apply: le_trans mean_loss_by_diagonal _.
rewrite [X in _ <= X + _]big_mkcond mulr_sumr -big_split /=; apply: ler_sum => i _.
have energy : 0 <= p i * beta i ^+ 2 by rewrite mulr_ge0 ?sqr_ge0.
apply: le_trans (ler_wpmul2l energy (diagonal_mean i)) _.
rewrite mulrDr [_ * not_found _ _ _]mulrC ler_add2r.
by case: (common i); rewrite /= ?mulr0.
Qed.
End Sharper.
